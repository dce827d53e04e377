package io.agentbus.db;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.function.Function;

/**
 * Where statements run: the pool, each statement for itself ({@link Database}), or one transaction ({@link Tx}). Call from a
 * virtual thread; every call waits.
 */
public sealed interface Sql permits Database, Tx {
  /** Runs the statement named {@code name} of {@code sql/queries} with positional parameters. */
  RowSet<Row> run(String name, Tuple parameters);

  /** Runs work in one transaction: a new one, or the one this already is. Rolls back when the work throws. */
  <T> T inTransaction(Function<Tx, T> work);

  /** Runs {@code action} once what has been written is committed: at once on the pool, after the commit in a transaction. */
  void afterCommit(Runnable action);

  /** Whether this is a transaction that others also write to, so that batches of other callers must not be joined. */
  boolean isTransaction();
}
