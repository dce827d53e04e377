package io.agentbus.db;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the schema {@code agentbus} of a database up to this release. Flyway runs the scripts under its lock, so nodes
 * may start at once; it is loaded only when its history says that something is missing. Calls wait: not for event
 * loops.
 */
public final class Migrator {

  /** The schema everything lives in. */
  public static final String SCHEMA = "agentbus";
  /** Where Flyway keeps what it ran. */
  static final String HISTORY = "flyway_schema_history";
  /** The oldest Postgres that has what our statements use. */
  static final int OLDEST_POSTGRES = 15;

  private static final Logger LOG = LoggerFactory.getLogger(Migrator.class);
  private static final Pattern NUMBER = Pattern.compile("\\d{1,9}");

  private final JdbcUrl url;
  private final List<MigrationScript> scripts;

  /**
   * For one database.
   *
   * @param url {@code postgresql://user:password@host:port/database}
   * @throws IllegalArgumentException when it is no such URL
   */
  public Migrator(String url) {
    this(url, MigrationScript.all());
  }

  Migrator(String url, List<MigrationScript> scripts) {
    this.url = JdbcUrl.of(url);
    this.scripts = scripts;
  }

  /**
   * Runs what is missing. A database that a newer release has migrated is left as it is.
   *
   * @return the file names that ran, in order; empty when there was nothing to do
   * @throws IllegalStateException when the server is too old or cannot be reached, when a script fails, or when one
   *     that ran has been changed since
   */
  public List<String> migrate() {
    if (missing().isEmpty()) {
      return List.of();
    }
    var started = System.nanoTime();
    var applied = FlywayRun.migrate(url);
    if (!applied.isEmpty()) {
      LOG.info("migrated {} in {} ms: {}", url, (System.nanoTime() - started) / 1_000_000, String.join(", ", applied));
    }
    return applied;
  }

  /**
   * The file names that {@link #migrate} would run, in order.
   *
   * @throws IllegalStateException when the server is too old or cannot be reached
   */
  public List<String> pending() {
    return missing().stream().map(MigrationScript::file).toList();
  }

  /**
   * What {@link #migrate} would do, as one script for psql, for those who do not let programs change their schema. It
   * also writes the history, so that a node afterwards finds nothing to do. A comment alone when nothing is pending.
   *
   * @throws IllegalStateException when the server is too old or cannot be reached
   */
  public String print() {
    var missing = missing();
    if (missing.isEmpty()) {
      return "-- The schema " + SCHEMA + " is up to date: nothing to run.\n";
    }
    return MigrationPrint.of(missing);
  }

  /**
   * Which database this is: the same for all who are connected to it, by whatever address, and another for a copy.
   *
   * @throws IllegalStateException when the server cannot be reached
   */
  public String databaseId() {
    try (var connection = url.connect(); var statement = connection.createStatement(); var row = statement.executeQuery(
        "SELECT s.system_identifier || '/' || d.oid FROM pg_control_system() s, pg_database d WHERE d.datname = current_database()")) {
      row.next();
      return row.getString(1);
    } catch (SQLException e) {
      throw new IllegalStateException("The database " + url + " does not say which it is: " + e.getMessage(), e);
    }
  }

  private List<MigrationScript> missing() {
    try (var connection = url.connect()) {
      refuseOld(connection);
      var history = history(connection);
      var newest = scripts.stream().mapToInt(MigrationScript::number).max().orElse(0);
      if (history.newestVersion > newest) {
        LOG.info("the schema of {} is of a newer release (version {}, this one knows {}): left as it is", url,
            history.newestVersion, newest);
        return List.of();
      }
      return scripts.stream().filter(script -> !history.has(script)).toList();
    } catch (SQLException e) {
      throw new IllegalStateException("The database " + url + " cannot be migrated: " + e.getMessage(), e);
    }
  }

  private void refuseOld(Connection connection) throws SQLException {
    var found = connection.getMetaData();
    if (found.getDatabaseMajorVersion() < OLDEST_POSTGRES) {
      throw new IllegalStateException("The database " + url + " is Postgres " + found.getDatabaseProductVersion()
          + "; agentbus needs " + OLDEST_POSTGRES + " or newer.");
    }
  }

  /** What ran: the last checksum by file name. */
  private record History(Map<String, Integer> checksums, int newestVersion) {
    boolean has(MigrationScript script) {
      var checksum = checksums.get(script.file());
      return checksum != null && checksum == script.checksum();
    }
  }

  private static History history(Connection connection) throws SQLException {
    var checksums = new HashMap<String, Integer>();
    var newest = 0;
    try (var statement = connection.createStatement()) {
      try (var there = statement.executeQuery("SELECT to_regclass('" + SCHEMA + "." + HISTORY + "') IS NOT NULL")) {
        there.next();
        if (!there.getBoolean(1)) {
          return new History(checksums, 0);
        }
      }
      try (var rows = statement.executeQuery(
          "SELECT version, script, checksum FROM " + SCHEMA + "." + HISTORY
          + " WHERE success ORDER BY installed_rank")) {
        while (rows.next()) {
          checksums.put(rows.getString("script"), rows.getInt("checksum"));
          var version = rows.getString("version");
          if (version != null && NUMBER.matcher(version).matches()) {
            newest = Math.max(newest, Integer.parseInt(version));
          }
        }
      }
    }
    return new History(checksums, newest);
  }
}
