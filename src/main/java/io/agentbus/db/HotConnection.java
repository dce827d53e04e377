package io.agentbus.db;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A connection of its own for one kind of batch: pipelined, with the planner held to nested loops over indexes. The batch
 * statements join arrays to large tables; a hash join there was measured fifteen times slower, and the planner sometimes picks
 * it. Opens itself again after the server went away.
 */
public final class HotConnection {
  private static final Map<String, String> PLANNER = Map.of("plan_cache_mode", "force_generic_plan", "enable_seqscan", "off",
      "enable_hashjoin", "off", "enable_mergejoin", "off", "jit", "off");

  private final LastingConnection connection;
  private final NamedQueries queries;


  public HotConnection(Vertx vertx, String name, String url, NamedQueries queries) {
    this(vertx, name, () -> url, queries);
  }

  /**
   * Connects to nothing yet.
   *
   * @param name what it is for, in the log
   * @param url says where the database is now: {@code postgresql://user:password@host:port/database}
   */
  public HotConnection(Vertx vertx, String name, Supplier<String> url, NamedQueries queries) {
    this.connection = new LastingConnection(vertx, name, url, PLANNER);
    this.queries = queries;
  }

  /** Runs one named statement as its own transaction. */
  public Future<RowSet<Row>> run(String name, Tuple parameters) {
    return connection.use(open -> open.preparedQuery(queries.text(name)).execute(parameters));
  }

  /** One statement of {@link #transaction}. */
  public record Step(String name, Tuple parameters) {}

  /**
   * Runs statements as one transaction without waiting between them, so that it costs one round trip. A failing step fails the
   * transaction and is what the future fails with.
   *
   * @return the rows of the last step
   */
  public Future<RowSet<Row>> transaction(List<Step> steps) {
    return connection.use(open -> {
      var begin = open.query("BEGIN").execute();
      Future<RowSet<Row>> last = begin;
      Future<?> failed = begin;
      for (var step : steps) {
        var ran = open.preparedQuery(queries.text(step.name())).execute(step.parameters());
        last = ran;
        failed = Future.join(failed, ran);
      }
      // COMMIT of a failed transaction is a rollback, so it closes the transaction either way.
      var commit = open.query("COMMIT").execute();
      var rows = last;
      return Future.join(failed, commit).compose(ignored -> rows);
    });
  }

  /** Closes the connection; what is in flight is answered first. */
  public Future<Void> close() {
    return connection.close();
  }
}
