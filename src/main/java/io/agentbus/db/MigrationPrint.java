package io.agentbus.db;

import java.util.List;

/** Writes migrations as one script, with the history rows that Flyway would have written. */
final class MigrationPrint {

  private MigrationPrint() {}

  static String of(List<MigrationScript> scripts) {
    var out = new StringBuilder("""
        -- The migrations of agentbus that this database lacks, in one transaction:
        --   psql --set ON_ERROR_STOP=1 --file <this file> <database>
        BEGIN;
        CREATE SCHEMA IF NOT EXISTS agentbus;
        SET LOCAL search_path = agentbus, public;
        CREATE TABLE IF NOT EXISTS agentbus.flyway_schema_history (
          installed_rank INT NOT NULL CONSTRAINT flyway_schema_history_pk PRIMARY KEY,
          version VARCHAR(50),
          description VARCHAR(200) NOT NULL,
          type VARCHAR(20) NOT NULL,
          script VARCHAR(1000) NOT NULL,
          checksum INTEGER,
          installed_by VARCHAR(100) NOT NULL,
          installed_on TIMESTAMP NOT NULL DEFAULT now(),
          execution_time INTEGER NOT NULL,
          success BOOLEAN NOT NULL
        );
        CREATE INDEX IF NOT EXISTS flyway_schema_history_s_idx ON agentbus.flyway_schema_history (success);
        -- A node that starts meanwhile waits.
        LOCK TABLE agentbus.flyway_schema_history;
        """);
    for (var script : scripts) {
      out.append("\n-- ").append(script.file()).append('\n').append(script.text().stripTrailing()).append("\n\n");
      out.append("""
          INSERT INTO agentbus.flyway_schema_history
            (installed_rank, version, description, type, script, checksum, installed_by, execution_time, success)
          SELECT coalesce(max(installed_rank), 0) + 1, %s, '%s', 'SQL', '%s', %d, current_user, 0, true
          FROM agentbus.flyway_schema_history;
          """.formatted(script.repeatable() ? "NULL" : "'" + script.version() + "'", script.description(),
          script.file(), script.checksum()));
    }
    return out.append("COMMIT;\n").toString();
  }
}
