package io.agentbus.insight;

import io.agentbus.crypto.SigningKey;
import io.agentbus.db.Database;
import io.agentbus.db.Sql;
import io.agentbus.db.Tx;
import io.agentbus.journal.Seal;
import io.agentbus.journal.SealedRows;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Seals the journal: stretch after stretch, in the order of positions, each seal chained to the one before and signed with this node's key.
 * Several nodes may run it at once; one works at a time and each exports what it sees.
 *
 * <p>It refuses to go on when the seals in the database are not those that this node exported: a new seal would take the place of the
 * proof. An operator who restored an older database moves {@code journal.seal} away.
 */
public final class JournalSealer {
  private static final Logger LOG = LoggerFactory.getLogger(JournalSealer.class);

  private final Database database;
  private final SigningKey key;
  private final SealExport export;
  private final String node;
  private final int rowsPerSeal;
  private boolean keyAdded;

  /**
   * @param node name of this node, kept beside its public key
   * @param rowsPerSeal most rows under one seal; at least 2,048, which is the largest block
   */
  public JournalSealer(Database database, SigningKey key, SealExport export, String node, int rowsPerSeal) {
    if (rowsPerSeal < 2_048) {
      throw new IllegalArgumentException("a seal must be able to hold a block of 2048 rows, not " + rowsPerSeal);
    }
    this.database = database;
    this.key = key;
    this.export = export;
    this.node = node;
    this.rowsPerSeal = rowsPerSeal;
  }

  /**
   * Makes at most one seal and exports the newest.
   *
   * @return rows sealed; 0 when all are, or another node is at it
   * @throws IllegalStateException when the seals or positions in the database are not what they were; nothing is sealed
   */
  public long run() {
    if (!keyAdded) {
      SealStore.addKey(database, key, node);
      keyAdded = true;
    }
    var sealed = database.inTransaction(tx -> SealStore.lock(tx) ? sealNext(tx) : null);
    var newest = sealed != null ? sealed : SealStore.newest(database);
    if (sealed == null) {
      checkAgainstExport(database, newest);
    }
    if (newest != null) {
      export.pin(newest);
    }
    return sealed == null ? 0 : sealed.rows();
  }

  private @Nullable Seal sealNext(Tx tx) {
    var before = SealStore.newest(tx);
    checkAgainstExport(tx, before);
    var from = before == null ? 1 : before.to() + 1;
    var reach = SealStore.reach(tx, from, rowsPerSeal);
    if (reach.to() == null) {
      if (reach.newest() >= from) {
        throw new IllegalStateException("the journal cannot be sealed: no whole block begins at position " + from
            + ", although positions go up to " + reach.newest() + "; verify_journal tells more");
      }
      return null;
    }
    var to = reach.to();
    tx.allow(Tx.LONG);
    var digest = SealStore.digest(tx, from, to);
    var marks = digest.rowMarks();
    if (digest.rows() != to - from + 1) {
      // Rows that follow are protected all the same; that some are gone stays visible in this seal for good.
      LOG.error("{} rows have the positions {} to {} of the journal: rows were removed or added before they were sealed", digest.rows(), from, to);
      marks = aligned(from, to, SealStore.rows(tx, from, to));
    }
    var no = before == null ? 1 : before.no() + 1;
    var previous = before == null ? Seal.none() : before.hash();
    var hash = Seal.hashOf(no, from, to, digest.rowsHash(), marks, previous, key.keyId(), digest.at());
    var seal = new Seal(no, from, to, digest.rowsHash(), marks, previous, hash, key.sign(Seal.signed(hash)), key.keyId(), digest.at());
    SealStore.insert(tx, seal);
    return seal;
  }

  private void checkAgainstExport(Sql sql, @Nullable Seal newest) {
    var pinned = export.pinned();
    if (pinned == null) {
      return;
    }
    var there = newest != null && newest.no() == pinned.sealNo() ? newest : SealStore.byNo(sql, pinned.sealNo());
    if (there == null || !pinned.is(there)) {
      throw new IllegalStateException("the journal is not sealed further: the database "
          + (there == null ? "lacks" : "holds another seal in place of") + " seal " + pinned.sealNo() + ", which " + export.file()
          + " proves. After restoring an older database, move that file away");
    }
  }

  /** A mark for each position: zeros where there is no row, the first where there are several. */
  private static byte[] aligned(long from, long to, List<SealedRows.Row> rows) {
    var marks = new byte[Math.toIntExact((to - from + 1) * Seal.MARK)];
    for (var row : rows.reversed()) {
      var at = Math.toIntExact((row.position() - from) * Seal.MARK);
      System.arraycopy(Arrays.copyOf(row.mark(), Seal.MARK), 0, marks, at, Seal.MARK);
    }
    return marks;
  }
}
