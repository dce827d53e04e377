package io.agentbus.bench;

import io.agentbus.db.JdbcUrl;
import io.agentbus.db.Migrator;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;

/** A database of the run's own, migrated and dropped at the end, and what its server tells about itself. */
final class BenchDatabase implements AutoCloseable {
  private final String serverUrl;
  private final String name;
  private final String url;
  private final Connection connection;

  private BenchDatabase(String serverUrl, String name, String url, Connection connection) {
    this.serverUrl = serverUrl;
    this.name = name;
    this.url = url;
    this.connection = connection;
  }

  /**
   * Makes a database on a server.
   *
   * @param serverUrl of a database of the server, with a user that may make databases
   */
  static BenchDatabase create(String serverUrl) throws SQLException {
    var name = "agentbus_bench_" + Long.toHexString(ThreadLocalRandom.current().nextLong());
    var given = URI.create(serverUrl.strip());
    var url = given.getScheme() + "://" + given.getRawAuthority() + "/" + name + (given.getRawQuery() == null ? "" : "?" + given.getRawQuery());
    run(serverUrl, "CREATE DATABASE " + name);
    try {
      new Migrator(url).migrate();
      return new BenchDatabase(serverUrl, name, url, JdbcUrl.of(url).connect());
    } catch (SQLException | RuntimeException failure) {
      run(serverUrl, "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
      throw failure;
    }
  }

  String url() {
    return url;
  }

  /** Version and the settings without which no figure of a server means anything. */
  String server() throws SQLException {
    return text("SELECT current_setting('server_version') || ', shared_buffers ' || current_setting('shared_buffers') || ', fsync '"
        + " || current_setting('fsync') || ', synchronous_commit ' || current_setting('synchronous_commit') || ', max_wal_size '"
        + " || current_setting('max_wal_size')");
  }

  /** Bytes of write-ahead log that the server has written since its beginning. */
  long walBytes() throws SQLException {
    return Long.parseLong(text("SELECT pg_wal_lsn_diff(pg_current_wal_insert_lsn(), '0/0')::bigint"));
  }

  void checkpoint() throws SQLException {
    execute("CHECKPOINT");
  }

  /** Clears what finished jobs left behind in the small tables, so that a row does not measure the one before it. */
  void tidy() throws SQLException {
    execute("VACUUM agentbus.job_ready, agentbus.job_leases");
  }

  /** Starts to count statements. */
  void countStatements() throws SQLException {
    execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
    statements();
  }

  /** Statements that this database has run, those of transaction control among them. */
  long statements() throws SQLException {
    return Long.parseLong(text("SELECT coalesce(sum(s.calls), 0)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
        + " WHERE d.datname = current_database()"));
  }

  /** Holds a transaction with an id and a snapshot open, which keeps the server from clearing dead rows, until closed. */
  Connection pin() throws SQLException {
    var pinned = JdbcUrl.of(url).connect();
    pinned.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    pinned.setAutoCommit(false);
    try (var statement = pinned.createStatement()) {
      statement.execute("SELECT pg_current_xact_id(), count(*) FROM agentbus.job_ready");
    } catch (SQLException failure) {
      pinned.close();
      throw failure;
    }
    return pinned;
  }

  @Override
  public void close() throws SQLException {
    connection.close();
    run(serverUrl, "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  }

  private void execute(String sql) throws SQLException {
    try (var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private String text(String sql) throws SQLException {
    try (var statement = connection.createStatement(); var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }

  private static void run(String url, String sql) throws SQLException {
    try (var connection = JdbcUrl.of(url).connect(); var statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
