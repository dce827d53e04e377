package io.agentbus.insight;

import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a check of the journal found. Rows are counted that stand in the caller's namespaces; a caller without walls hears of all. */
public record VerifiedJournal(
    @Field(value = "Whether nothing was found to be wrong.", required = true) boolean ok,
    @Field(value = "How many rows of the caller's namespaces were checked against their seals.", required = true) long checked,
    @Field(value = "The last position that is sealed, for a caller with walls the last of its namespaces that this check came to; 0 = none.", required = true)
        long sealedTo,
    @Field(value = "The first thing that is wrong.") @Nullable FirstBad firstBad,
    @Field(value = "Where the check ended before the last seal: send as from_position. Null when it went to the end.") @Nullable Long nextPosition,
    @Field(value = "Rows of the caller's namespaces that no seal protects yet.", required = true) Unsealed unsealed,
    @Field(value = "The last position, as for sealed_to, under the seal that this node keeps outside the database: the end up to there cannot be cut off"
        + " unnoticed.")
        @Nullable Long exportedTo,
    @Field(value = "Whether this node's home vouches for every key that signed. When false, whoever can write the database could have made a key.",
        required = true) boolean trusted,
    @Field(value = "The keys that signed.", required = true) List<Key> keys) {

  /** Something wrong. */
  public record FirstBad(
      @Field(value = "Position of the row, or the first position of the seal; null for a row that has none.") @Nullable Long position,
      @Field(value = "Id of the row, where there is one.") @Nullable Long journalId,
      @Field(value = "Kind.", required = true, oneOf = {"edited", "missing", "inserted", "reordered", "seal_broken", "seals_missing"}) String what,
      @Field(value = "One sentence.", required = true) String detail) {}

  /** The tail that is not sealed. */
  public record Unsealed(
      @Field(value = "First position of it; null when there is none.") @Nullable Long from,
      @Field(value = "Last position of it; null when there is none.") @Nullable Long to,
      @Field(value = "How many.", required = true) long rows) {}

  /** A key that signed. */
  public record Key(
      @Field(value = "Its id.", required = true) String keyId,
      @Field(value = "Who says that it belongs to a node: this node's home, or only the database.", required = true, oneOf = {"home", "database"})
          String vouchedBy) {}
}
