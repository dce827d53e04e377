package io.agentbus.db;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A connection of its own for one kind of batch: pipelined, with the planner held to nested loops over indexes. The batch
 * statements join arrays to large tables; a hash join there was measured fifteen times slower, and the planner sometimes picks
 * it. Opens itself again after the server went away.
 */
public final class HotConnection {
  private final Vertx vertx;
  private final PgConnectOptions options;
  private final NamedQueries queries;
  private @Nullable Future<PgConnection> open;

  public HotConnection(Vertx vertx, String url, NamedQueries queries) {
    this.vertx = vertx;
    this.queries = queries;
    this.options = Database.connectOptions(url)
        .addProperty("plan_cache_mode", "force_generic_plan")
        .addProperty("enable_seqscan", "off")
        .addProperty("enable_hashjoin", "off")
        .addProperty("enable_mergejoin", "off")
        .addProperty("jit", "off");
  }

  /** Runs one named statement as its own transaction. */
  public Future<RowSet<Row>> run(String name, Tuple parameters) {
    return connection().compose(connection -> connection.preparedQuery(queries.text(name)).execute(parameters));
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
    return connection().compose(connection -> {
      var begin = connection.query("BEGIN").execute();
      Future<RowSet<Row>> last = begin;
      Future<?> failed = begin;
      for (var step : steps) {
        var ran = connection.preparedQuery(queries.text(step.name())).execute(step.parameters());
        last = ran;
        failed = Future.join(failed, ran);
      }
      // COMMIT of a failed transaction is a rollback, so it closes the transaction either way.
      var commit = connection.query("COMMIT").execute();
      var rows = last;
      return Future.join(failed, commit).compose(ignored -> rows);
    });
  }

  /** Closes the connection; what is in flight is answered first. */
  public Future<Void> close() {
    var current = open;
    return current == null ? Future.succeededFuture() : current.compose(PgConnection::close).otherwiseEmpty();
  }

  private synchronized Future<PgConnection> connection() {
    var current = open;
    if (current == null || current.failed()) {
      current = PgConnection.connect(vertx, options).onSuccess(connection -> connection.closeHandler(ignored -> forget()));
      open = current;
    }
    return current;
  }

  private synchronized void forget() {
    open = null;
  }
}
