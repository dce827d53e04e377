package io.agentbus.memorybus;

import io.agentbus.db.Database;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;

/** Removes entries that have expired and actions that were decided long ago, by the database's clock and in batches. */
public final class MemoryExpiry {
  private final Database database;

  MemoryExpiry(Database database) {
    this.database = database;
  }

  /** Removes expired entries of one namespace. @return how many; 0 when nothing has expired */
  public int removeExpired(int batch) {
    return database.inTransaction(tx -> {
      var oldest = tx.run("memory.oldest_expired", Tuple.tuple()).iterator();
      if (!oldest.hasNext()) {
        return 0;
      }
      var space = oldest.next().getInteger("namespace_id");
      MemoryStore.hold(tx, List.of(space));
      return tx.run("memory.drop_expired", Tuple.of(space, (long) batch)).iterator().next().getInteger("n");
    });
  }

  /** Removes decided actions. @return how many */
  public int removeDecided(Duration kept, int batch) {
    return database.run("memory.drop_decided", Tuple.of((double) kept.toSeconds(), (long) batch)).iterator().next().getInteger("n");
  }
}
