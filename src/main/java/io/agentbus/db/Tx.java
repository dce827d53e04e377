package io.agentbus.db;

import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** One open transaction (READ COMMITTED). Made by {@link Database#inTransaction} only; not for use by two threads. */
public final class Tx implements Sql {
  private final SqlConnection connection;
  private final NamedQueries queries;
  private final List<Runnable> afterCommit = new ArrayList<>();

  Tx(SqlConnection connection, NamedQueries queries) {
    this.connection = connection;
    this.queries = queries;
  }

  @Override
  public RowSet<Row> run(String name, Tuple parameters) {
    return PgErrors.await(connection.preparedQuery(queries.text(name)).execute(parameters));
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
}
