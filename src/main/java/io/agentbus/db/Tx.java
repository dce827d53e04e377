package io.agentbus.db;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One open transaction (READ COMMITTED). Made by {@link Database#inTransaction} only; not for use by two threads. */
public final class Tx implements Sql {
  /** For {@link #allow}: enough for a statement that reads millions of rows. Sealing 1,000,000 was measured to take 3 s. */
  public static final Duration LONG = Duration.ofMinutes(5);

  private final SqlConnection connection;
  private final NamedQueries queries;
  private final List<Runnable> afterCommit = new ArrayList<>();
  private @Nullable Duration answerLimit;

  Tx(SqlConnection connection, NamedQueries queries, @Nullable Duration answerLimit) {
    this.connection = connection;
    this.queries = queries;
    this.answerLimit = answerLimit;
  }

  @Override
  public RowSet<Row> run(String name, Tuple parameters) {
    return answer(connection.preparedQuery(queries.text(name)).execute(parameters));
  }

  /**
   * Lets each further statement of this transaction take so long, where that is more than the connection allows.
   *
   * @param limit more than zero
   */
  public void allow(Duration limit) {
    if (answerLimit == null || answerLimit.compareTo(limit) >= 0) {
      return;
    }
    answer(connection.query("SET LOCAL statement_timeout = " + limit.toMillis()).execute());
    answerLimit = Connecting.answerLimit(limit);
  }

  @Override
  public <T> T inTransaction(Function<Tx, T> work) {
    return work.apply(this);
  }

  @Override
  public void afterCommit(Runnable action) {
    afterCommit.add(action);
  }

  @Override
  public boolean isTransaction() {
    return true;
  }

  List<Runnable> afterCommit() {
    return afterCommit;
  }

  /** Waits for the server. When it does not answer, the connection is cut, so that nobody else gets it. */
  <T> T answer(Future<T> asked) {
    var limit = answerLimit;
    return PgErrors.await(limit == null ? asked : asked.timeout(limit.toMillis(), TimeUnit.MILLISECONDS)
        .onFailure(failure -> {
          if (failure instanceof TimeoutException) {
            Wire.cut(connection);
          }
        }));
  }
}
