package io.agentbus.db;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;

/** The only user of Flyway. Apart from {@link Migrator}, so that a start with nothing to migrate does not load it. */
final class FlywayRun {

  private FlywayRun() {}

  /** Runs what is pending and returns the file names that ran, in order. */
  static List<String> migrate(JdbcUrl url) {
    try {
      return flyway(url).migrate().migrations.stream().map(done -> fileName(done.filepath)).toList();
    } catch (FlywayException e) {
      throw new IllegalStateException("The database " + url + " cannot be migrated: " + e.getMessage(), e);
    }
  }

  /** What Flyway itself holds to be pending. */
  static List<String> pending(JdbcUrl url) {
    return Arrays.stream(flyway(url).info().pending()).map(MigrationInfo::getScript).toList();
  }

  private static Flyway flyway(JdbcUrl url) {
    return Flyway.configure(FlywayRun.class.getClassLoader())
        .loggers(QuietFlywayLog.class.getName())
        .dataSource(url.url(), url.user(), url.password())
        .jdbcProperties(Map.of("ApplicationName", "agentbus migrate"))
        .schemas(Migrator.SCHEMA)
        .createSchemas(true)
        .table(Migrator.HISTORY)
        .locations("classpath:" + MigrationScript.FOLDER)
        .failOnMissingLocations(false)
        .validateMigrationNaming(true)
        // Our SQL has dollar quotes and no placeholders.
        .placeholderReplacement(false)
        .load();
  }

  private static String fileName(String path) {
    return path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  }
}
