package io.agentbus.testkit;

import io.agentbus.db.JdbcUrl;
import io.agentbus.db.Migrator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The one Postgres of this test process, there when first asked for: the server of {@value #VARIABLE} when that is set,
 * else an embedded one. Databases are copied from a template that has been migrated once.
 */
final class PgServer {

  static final String VARIABLE = "AGENTBUS_TEST_DATABASE_URL";

  /** Not UTC, and not whole hours away from it: code that leans on the session's zone fails. */
  private static final String ZONE = "Asia/Kathmandu";
  private static final String PREFIX = "agentbus_test_";
  private static final long OLD_SECONDS = 6 * 3600;

  private static @Nullable PgServer only;

  private final String adminUrl;
  private final String run = PREFIX + Instant.now().getEpochSecond() + "_" + ProcessHandle.current().pid() + "_";
  private final AtomicInteger databases = new AtomicInteger();
  private boolean templateReady;

  private PgServer(String adminUrl) {
    this.adminUrl = adminUrl;
  }

  /** Kept to the end of the process. */
  static synchronized PgServer get() {
    if (only == null) {
      var given = System.getenv().getOrDefault(VARIABLE, "").strip();
      if (given.isEmpty()) {
        try {
          only = new PgServer(TestPostgres.start(ZONE).databaseUrl());
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      } else {
        var server = new PgServer(given);
        server.dropOldDatabases();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.drop(server.template())));
        only = server;
      }
    }
    return only;
  }

  /** Makes a migrated database without rows and returns its URL. */
  synchronized String createMigrated() {
    if (!templateReady) {
      execute("CREATE DATABASE " + template());
      new Migrator(urlOf(template())).migrate();
      templateReady = true;
    }
    return create(" TEMPLATE " + template());
  }

  /** Makes a database without the schema and returns its URL. */
  synchronized String createBare() {
    return create("");
  }

  /** Drops a database of ours, together with the connections to it. */
  void dropUrl(String url) {
    drop(url.replaceAll("\\?.*", "").replaceAll(".*/", ""));
  }

  private String create(String options) {
    var name = run + databases.incrementAndGet();
    execute("CREATE DATABASE " + name + options);
    execute("ALTER DATABASE " + name + " SET timezone TO '" + ZONE + "'");
    return urlOf(name);
  }

  private void drop(String name) {
    execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
  }

  private String template() {
    return run + "template";
  }

  private String urlOf(String database) {
    var question = adminUrl.indexOf('?');
    var base = question < 0 ? adminUrl : adminUrl.substring(0, question);
    return base.substring(0, base.lastIndexOf('/') + 1) + database + (question < 0 ? "" : adminUrl.substring(question));
  }

  private void execute(String sql) {
    try (var connection = JdbcUrl.of(adminUrl).connect(); var statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new IllegalStateException(sql + ": " + e.getMessage(), e);
    }
  }

  /** What killed test runs left on a server that lives on. */
  private void dropOldDatabases() {
    var old = new ArrayList<String>();
    try (var connection = JdbcUrl.of(adminUrl).connect(); var statement = connection.createStatement();
        var rows = statement.executeQuery("SELECT datname FROM pg_database WHERE datname ~ '^" + PREFIX + "[0-9]+_'")) {
      while (rows.next()) {
        var name = rows.getString(1);
        var made = Long.parseLong(name.substring(PREFIX.length(), name.indexOf('_', PREFIX.length())));
        if (Instant.now().getEpochSecond() - made > OLD_SECONDS) {
          old.add(name);
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException("the server of " + VARIABLE + " cannot be used: " + e.getMessage(), e);
    }
    old.forEach(this::drop);
  }
}
