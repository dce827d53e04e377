package io.agentbus.insight;

import io.agentbus.crypto.SigningKey;
import io.agentbus.db.Sql;
import io.agentbus.journal.Fault;
import io.agentbus.journal.Seal;
import io.agentbus.journal.SealedRows;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The statements about seals. */
final class SealStore {
  private SealStore() {}

  /**
   * How the rows of a stretch are now.
   *
   * @param rows how many
   * @param at the database's time
   */
  record Digest(long rows, byte[] rowsHash, byte[] rowMarks, Instant at) {}

  /**
   * The rows that a seal covers, and which of them a caller may count.
   *
   * @param ownRows how many
   * @param ownTo position of the last one; null when there is none
   */
  record Covered(Digest digest, long ownRows, @Nullable Long ownTo) {}

  /**
   * Rows at the end of the journal.
   *
   * @param first position of the first; null when there is none
   * @param last position of the last; null when there is none
   */
  record Tail(@Nullable Long first, @Nullable Long last, long rows) {}

  /**
   * How far the next seal can go.
   *
   * @param to last position it covers; null when there is nothing to seal or a hole in the way
   * @param newest newest position of all
   */
  record Reach(@Nullable Long to, long newest) {}

  /** Whether this node may seal now; until the end of the transaction. */
  static boolean lock(Sql tx) {
    return first(tx, "insight.seal_lock", Tuple.tuple()).getBoolean("locked");
  }

  static @Nullable Seal newest(Sql sql) {
    return seal(sql, "insight.newest_seal", Tuple.tuple());
  }

  static @Nullable Seal byNo(Sql sql, long no) {
    return seal(sql, "insight.seal", Tuple.of(no));
  }

  /** The seal that covers a position, or else the first behind it. */
  static @Nullable Seal covering(Sql sql, long position) {
    return seal(sql, "insight.seal_covering", Tuple.of(position));
  }

  /** Seals from a number on. */
  static List<Seal> from(Sql sql, long no, int limit) {
    return sql.run("insight.seals", Tuple.of(no, limit)).stream().map(SealStore::seal).toList();
  }

  static Reach reach(Sql sql, long from, int rows) {
    var row = first(sql, "insight.reach", Tuple.of(from, rows));
    return new Reach(row.getLong("to_position"), row.getLong("newest"));
  }

  static Digest digest(Sql sql, long from, long to) {
    return digest(first(sql, "insight.digest", Tuple.of(from, to)));
  }

  /**
   * How the rows of each seal are now, by the seal's number.
   *
   * @param walls the namespaces whose rows the caller may count; empty = all
   */
  static Map<Long, Covered> digests(Sql sql, List<Seal> seals, String[] walls) {
    var digests = new HashMap<Long, Covered>();
    var parameters = Tuple.of(seals.stream().map(Seal::no).toArray(Long[]::new), seals.stream().map(Seal::from).toArray(Long[]::new),
        seals.stream().map(Seal::to).toArray(Long[]::new), walls);
    for (var row : sql.run("insight.digests", parameters)) {
      digests.put(row.getLong("seal_no"), new Covered(digest(row), row.getLong("own_rows"), row.getLong("own_to")));
    }
    return digests;
  }

  /** The rows behind a position within walls, of the first {@code most} positions there. */
  static Tail tail(Sql sql, long position, String[] walls, long most) {
    var row = first(sql, "insight.unsealed_of", Tuple.of(position, walls, most));
    return new Tail(row.getLong("first"), row.getLong("last"), row.getLong("rows"));
  }

  /** The rows of a stretch one by one. */
  static List<SealedRows.Row> rows(Sql sql, long from, long to) {
    return sql.run("insight.row_marks", Tuple.of(from, to)).stream()
        .map(row -> new SealedRows.Row(row.getLong("position"), row.getLong("id"), bytes(row, "mark"))).toList();
  }

  static void insert(Sql tx, Seal seal) {
    tx.run("insight.insert_seal", Tuple.tuple().addLong(seal.no()).addLong(seal.from()).addLong(seal.to())
        .addBuffer(Buffer.buffer(seal.rowsHash())).addBuffer(Buffer.buffer(seal.rowMarks())).addBuffer(Buffer.buffer(seal.previousHash()))
        .addBuffer(Buffer.buffer(seal.hash())).addBuffer(Buffer.buffer(seal.signature())).addString(seal.keyId())
        .addOffsetDateTime(seal.sealedAt().atOffset(ZoneOffset.UTC)));
  }

  static void addKey(Sql sql, SigningKey key, String node) {
    sql.run("insight.add_key", Tuple.of(key.keyId(), Buffer.buffer(key.publicKey().getEncoded()), node));
  }

  /** What the database says are the keys of those who seal. */
  static Map<String, byte[]> keys(Sql sql) {
    var keys = new HashMap<String, byte[]>();
    sql.run("insight.keys", Tuple.tuple()).forEach(row -> keys.put(row.getString("key_id"), bytes(row, "public_key")));
    return keys;
  }

  /**
   * A row of the journal that stands in no block, or null.
   *
   * @param from a block's first id
   * @param to look before this id
   */
  static @Nullable Fault stray(Sql sql, long from, long to) {
    var counts = first(sql, "insight.rows_and_blocks", Tuple.of(from, to));
    if (counts.getLong("in_journal").equals(counts.getLong("in_blocks"))) {
      return null;
    }
    for (var row : sql.run("insight.stray", Tuple.of(from, to))) {
      return new Fault(null, row.getLong("id"), Fault.What.INSERTED, "The row belongs to no change: its id stands in no block of ids.");
    }
    return null;
  }

  /** The first id of the last block, by id, of those that a seal covers; null when it covers none any more. */
  static @Nullable Long lastBlock(Sql sql, Seal seal) {
    return first(sql, "insight.last_block", Tuple.of(seal.from(), seal.to())).getLong("first_id");
  }

  /** The first position behind {@code position} that no block covers although a later one is covered; or null. */
  static @Nullable Long hole(Sql sql, long position) {
    for (var row : sql.run("insight.hole", Tuple.of(position))) {
      return row.getLong("position");
    }
    return null;
  }

  /** A block behind {@code position} of which a row is gone, or null. */
  static @Nullable Fault incomplete(Sql sql, long position) {
    for (var row : sql.run("insight.incomplete_block", Tuple.of(position))) {
      return new Fault(row.getLong("position"), null, Fault.What.MISSING, "Of the " + row.getInteger("n") + " rows that were written at this"
          + " position and behind it, only " + row.getLong("found") + " are there.");
    }
    return null;
  }

  private static Row first(Sql sql, String name, Tuple parameters) {
    return sql.run(name, parameters).iterator().next();
  }

  private static @Nullable Seal seal(Sql sql, String name, Tuple parameters) {
    for (var row : sql.run(name, parameters)) {
      return seal(row);
    }
    return null;
  }

  private static Seal seal(Row row) {
    return new Seal(row.getLong("seal_no"), row.getLong("from_position"), row.getLong("to_position"), bytes(row, "rows_hash"),
        bytes(row, "row_marks"), bytes(row, "previous_hash"), bytes(row, "seal_hash"), bytes(row, "signature"), row.getString("key_id"),
        row.getOffsetDateTime("sealed_at").toInstant());
  }

  private static Digest digest(Row row) {
    return new Digest(row.getLong("rows"), bytes(row, "rows_hash"), bytes(row, "row_marks"), row.getOffsetDateTime("at").toInstant());
  }

  private static byte[] bytes(Row row, String column) {
    return row.getBuffer(column).getBytes();
  }
}
