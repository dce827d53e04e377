package io.agentbus.event;

import io.agentbus.db.Database;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;

/**
 * Gives committed journal rows, and with them events, their position: 1, 2, 3 ... without a gap, in an order that no later commit
 * changes. A transaction that is held open delays its own rows only. Several nodes may run it at once: a lock lets one work at a time. One
 * instance serves one loop.
 */
public final class Sequencer {
  /** Most statements' rows a transaction. */
  public static final int BATCH = 2_000;

  /** How far behind the newest block a quick look begins: what committed a little out of order is found by it. */
  private static final long QUICK_LOOK = 64 * 2_048L;
  /** How often all of journal_pending is looked at, its dead entries included. */
  private static final long FULL_LOOK_NANOS = Duration.ofSeconds(1).toNanos();

  /**
   * What a run came to.
   *
   * @param rows how many rows got a position
   * @param newest the highest position there is, by whichever node; 0 when there is none
   */
  public record Sequenced(long rows, long newest) {}

  private final Database database;
  private final int batch;
  private long lowest = Long.MIN_VALUE;
  private long fullLookDue = System.nanoTime();
  /** Whether the last run found rows. */
  private boolean busy;

  public Sequencer(Database database) {
    this(database, BATCH);
  }

  /** @param batch most statements' rows a transaction */
  Sequencer(Database database, int batch) {
    this.database = database;
    this.batch = batch;
  }

  /** Gives positions to all rows that wait for one, or to those that committed lately. Virtual threads only. */
  public Sequenced run() {
    var full = System.nanoTime() - fullLookDue >= 0;
    // Deleted entries of the table stay in the way while any transaction is older than they are; a look that begins behind them
    // costs the same at any time, so that only the full one pays for them.
    var from = full ? Long.MIN_VALUE : lowest;
    if (!busy) {
      // Cheaper than the lock where another node does the work; where the last run found some, there will be more.
      var seen = database.run("event.sequencer_look", Tuple.of(from)).iterator().next();
      if (!seen.getBoolean("pending")) {
        return done(full, 0, seen.getLong("newest"));
      }
    }
    var rows = 0L;
    while (true) {
      var given = sequence(from);
      rows += given.getLong("rows");
      if (given.getLong("blocks") < batch) {
        return done(full, rows, given.getLong("newest"));
      }
    }
  }

  private Sequenced done(boolean full, long rows, long newest) {
    if (full) {
      fullLookDue = System.nanoTime() + FULL_LOOK_NANOS;
    }
    busy = rows > 0;
    return new Sequenced(rows, newest);
  }

  private Row sequence(long from) {
    return database.inTransaction(tx -> {
      // A statement of its own: the next one's snapshot then holds what the sequencer before has committed.
      tx.run("event.sequencer_lock", Tuple.tuple());
      var given = tx.run("event.sequence", Tuple.of(from, batch)).iterator().next();
      var newestBlock = given.getLong("newest_block");
      if (newestBlock != null) {
        lowest = Math.max(lowest, newestBlock - QUICK_LOOK);
      }
      return given;
    });
  }
}
