package io.agentbus.db;

import io.agentbus.config.DatabaseUrl;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.ClientBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The pool of ordinary connections. Batches have connections of their own: {@link HotConnection}. */
public final class Database implements Sql, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final long WAIT_SECONDS = 10;

  private final Pool pool;
  private final NamedQueries queries;
  private final @Nullable Duration answerLimit;

  private Database(Pool pool, NamedQueries queries, @Nullable Duration answerLimit) {
    this.pool = pool;
    this.queries = queries;
    this.answerLimit = answerLimit;
  }

  /**
   * Opens a pool; connections are made when first needed.
   *
   * @param url {@code postgresql://user:password@host:port/database}
   * @param size most connections
   */
  public static Database open(Vertx vertx, String url, int size, NamedQueries queries) {
    return open(vertx, () -> url, size, queries);
  }

  /** The same for a database that may move. @param url says where it is now */
  public static Database open(Vertx vertx, Supplier<String> url, int size, NamedQueries queries) {
    var options = Connecting.options(DatabaseUrl.of(url.get()));
    var pool = ClientBuilder.pool(new Connector(vertx, url, Map.of()).driver())
        .with(new PoolOptions().setMaxSize(size)
            // Its own limit on the wait fails requests that were served long ago; ours is in connection().
            .setConnectionTimeout(0).setMaxWaitQueueSize(5_000).setName("agentbus"))
        .connectingTo(options)
        .using(vertx)
        .build();
    return new Database(pool, queries, Connecting.answerLimit(options));
  }

  @Override
  public RowSet<Row> run(String name, Tuple parameters) {
    return PgErrors.await(runAsync(name, parameters));
  }

  /** The same for event loops, which must not wait. */
  public Future<RowSet<Row>> runAsync(String name, Tuple parameters) {
    var answer = pool.preparedQuery(queries.text(name)).execute(parameters);
    return answerLimit == null ? answer : answer.timeout(answerLimit.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public <T> T inTransaction(Function<Tx, T> work) {
    var connection = PgErrors.await(connection());
    var tx = new Tx(connection, queries, answerLimit);
    T result;
    try {
      var transaction = tx.answer(connection.begin());
      try {
        result = work.apply(tx);
      } catch (Throwable failure) {
        rollBack(tx, transaction, failure);
        throw failure;
      }
      tx.answer(transaction.commit());
    } finally {
      connection.close();
    }
    // Only now: such an action may need a connection, and many that hold one and wait for a second would wait for each other.
    tx.afterCommit().forEach(Runnable::run);
    return result;
  }

  /** A connection, within {@value #WAIT_SECONDS} s; one that comes later goes back to the pool. */
  private Future<SqlConnection> connection() {
    // Without the handler the driver prints a failure beside the log. It is set at once, on the event loop: the next statement fails and
    // tells the caller.
    var asked = pool.getConnection()
        .map(connection -> connection.exceptionHandler(failure -> LOG.debug("the connection of a transaction was cut", failure)));
    var inTime = asked.timeout(WAIT_SECONDS, TimeUnit.SECONDS);
    inTime.onFailure(late -> asked.onSuccess(SqlConnection::close));
    return inTime;
  }

  private static void rollBack(Tx tx, Transaction transaction, Throwable cause) {
    try {
      tx.answer(transaction.rollback());
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
