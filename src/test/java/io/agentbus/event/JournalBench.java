package io.agentbus.event;

import io.agentbus.agent.Directory;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.db.NamedQueries;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Right;
import io.agentbus.testkit.PgDatabase;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;

/** What tests of the journal stand on: a database, a caller and ways to write rows as the statements of changes do. */
public final class JournalBench implements AutoCloseable {
  /** Sees everything. */
  public static final Caller OPERATOR = new Caller(new UUID(0, 1), "operator", null, List.of(), EnumSet.allOf(Right.class));

  public final Vertx vertx = Vertx.vertx();
  public final Database database;
  public final WakeUps wakeUps = new WakeUps("test");
  public final Directory directory;
  private final PgDatabase at;

  public JournalBench(PgDatabase at) {
    this.at = at;
    this.database = Database.open(vertx, at.url(), 8, NamedQueries.load(List.of("agent", "queue", "job", "event", "insight")));
    this.directory = new Directory(database);
  }

  /** A caller whose walls are these namespaces. */
  public static Caller within(String name, String... namespaces) {
    return new Caller(new UUID(0, 2), name, 7, Arrays.stream(namespaces).map(NamespacePath::new).toList(),
        EnumSet.of(Right.READ, Right.ASK, Right.WORK));
  }

  public Call call(Caller caller) {
    return new Call(caller, "test", database);
  }

  public int namespace(String path) {
    return directory.ensureNamespace(database, new NamespacePath(path), "test");
  }

  /** A journal row of a change of a job's state, in a transaction of its own. */
  public void change(String namespace, UUID job, String action, String from, String to) {
    database.run("job.journal", Tuple.tuple().addInteger(namespace(namespace)).addUUID(job).addString("agent:" + namespace + "/devops")
        .addString(action).addString(from).addString(to).addLong(null).addShort(null).addString(null));
  }

  /** Journal rows in one block, as a batch statement writes them. */
  public static void block(Connection connection, int rows) throws SQLException {
    run(connection, """
        WITH b AS MATERIALIZED (SELECT nextval('journal_block') AS first_id), noted AS (
          INSERT INTO journal (id, namespace_id, job_id, actor, action, to_state)
          SELECT first_id + i, 1, gen_random_uuid(), 'token:operator', 'enqueue_job', 'queued' FROM b, generate_series(0, %d) i)
        INSERT INTO journal_pending SELECT first_id, %d FROM b""".formatted(rows - 1, rows));
  }

  /** A connection in which plain names mean the schema. */
  public Connection connect() throws SQLException {
    var connection = at.connect();
    run(connection, "SET search_path = agentbus");
    return connection;
  }

  /** Runs statements of a test. */
  public void run(String sql) throws SQLException {
    try (var connection = connect()) {
      run(connection, sql);
    }
  }

  public static void run(Connection connection, String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** The first column of the first row. */
  public String one(String sql) throws SQLException {
    try (var connection = connect(); var statement = connection.createStatement(); var rows = statement.executeQuery(sql)) {
      return rows.next() ? rows.getString(1) : null;
    }
  }

  @Override
  public void close() {
    database.close();
    vertx.close().await();
  }
}
