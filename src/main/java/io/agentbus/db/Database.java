package io.agentbus.db;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The pool of ordinary connections. Batches have connections of their own: {@link HotConnection}. */
public final class Database implements Sql, AutoCloseable {
  private static final long WAIT_SECONDS = 10;

  private final Pool pool;
  private final NamedQueries queries;

  private Database(Pool pool, NamedQueries queries) {
    this.pool = pool;
    this.queries = queries;
  }

  /**
   * Opens a pool; connections are made when first needed.
   *
   * @param url {@code postgresql://user:password@host:port/database}
   * @param size most connections
   */
  public static Database open(Vertx vertx, String url, int size, NamedQueries queries) {
    var pool = PgBuilder.pool()
        .with(new PoolOptions().setMaxSize(size)
            // Its own limit on the wait fails requests that were served long ago; ours is in connection().
            .setConnectionTimeout(0).setMaxWaitQueueSize(5_000).setName("agentbus"))
        .connectingTo(connectOptions(url))
        .using(vertx)
        .build();
    return new Database(pool, queries);
  }

  /** Options that every connection of a node shares. */
  public static PgConnectOptions connectOptions(String url) {
    var options = PgConnectOptions.fromUri(url)
        .setCachePreparedStatements(true)
        .setPreparedStatementCacheMaxSize(512)
        .setPreparedStatementCacheSqlLimit(65_536)
        .setPipeliningLimit(64);
    // The search path makes the plain names of sql/queries mean our schema; UTC makes record text the same on every node.
    return options.addProperty("search_path", "agentbus").addProperty("timezone", "UTC").addProperty("application_name", "agentbus");
  }

  @Override
  public RowSet<Row> run(String name, Tuple parameters) {
    return PgErrors.await(runAsync(name, parameters));
  }

  /** The same for event loops, which must not wait. */
  public Future<RowSet<Row>> runAsync(String name, Tuple parameters) {
    return pool.preparedQuery(queries.text(name)).execute(parameters);
  }

  @Override
  public <T> T inTransaction(Function<Tx, T> work) {
    var connection = PgErrors.await(connection());
    var tx = new Tx(connection, queries);
    T result;
    try {
      var transaction = PgErrors.await(connection.begin());
      try {
        result = work.apply(tx);
      } catch (Throwable failure) {
        rollBack(transaction, failure);
        throw failure;
      }
      PgErrors.await(transaction.commit());
    } finally {
      connection.close();
    }
    // Only now: such an action may need a connection, and many that hold one and wait for a second would wait for each other.
    tx.afterCommit().forEach(Runnable::run);
    return result;
  }

  /** A connection, within {@value #WAIT_SECONDS} s; one that comes later goes back to the pool. */
  private Future<SqlConnection> connection() {
    var asked = pool.getConnection();
    var inTime = asked.timeout(WAIT_SECONDS, TimeUnit.SECONDS);
    inTime.onFailure(late -> asked.onSuccess(SqlConnection::close));
    return inTime;
  }

  private static void rollBack(io.vertx.sqlclient.Transaction transaction, Throwable cause) {
    try {
      transaction.rollback().await();
    } catch (Exception failure) {
      // The server rolls back by itself when the connection is gone; the first failure is what the caller must hear.
      cause.addSuppressed(failure);
    }
  }

  @Override
  public void afterCommit(Runnable action) {
    action.run();
  }

  @Override
  public boolean isTransaction() {
    return false;
  }

  /** Closes the pool; what is in flight is answered first. */
  public Future<Void> stop() {
    return pool.close();
  }

  @Override
  public void close() {
    stop().await();
  }
}
