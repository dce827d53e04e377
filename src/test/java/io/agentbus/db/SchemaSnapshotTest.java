package io.agentbus.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.agentbus.testkit.PgDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SchemaSnapshotTest {

  private static final String WRITE = "agentbus.schema.write";
  /** Of the embedded Postgres; others render views in other ways. */
  private static final int RENDERED_BY = 18;

  @RegisterExtension
  static final PgDatabase database = new PgDatabase();

  @RegisterExtension
  static final PgDatabase again = new PgDatabase();

  @Test
  void the_migrations_leave_the_schema_that_is_on_file() throws SQLException, IOException {
    var file = Path.of("sql", "schema.sql");
    var now = dump(database);
    if (Boolean.getBoolean(WRITE)) {
      Files.writeString(file, now);
    }
    assertThat(now).as("The migrations and %s differ. If the change is meant, write the file anew: "
        + "mvn test -Dtest=SchemaSnapshotTest -D%s=true", file, WRITE)
        .isEqualTo(Files.exists(file) ? Files.readString(file) : "");
  }

  @Test
  void the_text_leaves_nothing_out_that_matters() throws SQLException {
    try (var connection = again.connect(); var statement = connection.createStatement()) {
      statement.execute("SET search_path = agentbus");
      statement.execute("""
          CREATE TYPE zz_colour AS ENUM ('red', 'it''s');
          CREATE DOMAIN zz_small AS int DEFAULT 1 CONSTRAINT zz_small_is CHECK (VALUE < 10);
          CREATE SEQUENCE zz_seq INCREMENT BY 5 CACHE 7;
          CREATE TABLE zz_parent (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            name text COLLATE "C" NOT NULL DEFAULT 'x', twice text GENERATED ALWAYS AS (name || name) STORED, gone int,
            small zz_small, UNIQUE (name)) WITH (fillfactor = 50);
          ALTER TABLE zz_parent DROP COLUMN gone;
          CREATE UNLOGGED TABLE zz_child (parent int REFERENCES zz_parent ON DELETE CASCADE, at timestamptz);
          CREATE TABLE zz_parts (at date) PARTITION BY RANGE (at);
          CREATE TABLE zz_part_one PARTITION OF zz_parts FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
          CREATE INDEX zz_child_idx ON zz_child (at) WHERE parent IS NOT NULL;
          CREATE STATISTICS zz_stat ON parent, at FROM zz_child;
          CREATE VIEW zz_view WITH (security_barrier = true) AS SELECT name FROM zz_parent;
          CREATE FUNCTION zz_function(a int) RETURNS int LANGUAGE sql AS 'SELECT a';
          CREATE TRIGGER zz_trigger BEFORE UPDATE ON zz_parent FOR EACH ROW
            EXECUTE FUNCTION suppress_redundant_updates_trigger();
          COMMENT ON COLUMN zz_parent.name IS 'what it''s called';
          COMMENT ON TABLE zz_parent IS 'parents';
          GRANT SELECT ON zz_parent TO PUBLIC;
          REVOKE ALL ON FUNCTION zz_function(int) FROM PUBLIC;
          """);
    }
    assertThat(dump(again)).contains(
        "CREATE TYPE agentbus.zz_colour AS ENUM ('red', 'it''s');",
        "CREATE DOMAIN agentbus.zz_small AS integer DEFAULT 1\n  CONSTRAINT zz_small_is CHECK ((VALUE < 10));",
        "CREATE SEQUENCE agentbus.zz_seq AS bigint INCREMENT BY 5 MINVALUE 1 MAXVALUE 9223372036854775807"
            + " START WITH 1 CACHE 7;",
        "CREATE TABLE agentbus.zz_parent (\n  id integer GENERATED ALWAYS AS IDENTITY NOT NULL,\n"
            + "  name text COLLATE \"C\" DEFAULT 'x'::text NOT NULL,\n"
            + "  twice text GENERATED ALWAYS AS ((name || name)) STORED,\n  small agentbus.zz_small,\n"
            + "  CONSTRAINT zz_parent_pkey PRIMARY KEY (id),\n"
            + "  CONSTRAINT zz_parent_name_key UNIQUE (name)\n) WITH (fillfactor=50);",
        "CREATE UNLOGGED TABLE agentbus.zz_child (\n  parent integer,\n  at timestamp with time zone,\n"
            + "  CONSTRAINT zz_child_parent_fkey FOREIGN KEY (parent)"
            + " REFERENCES agentbus.zz_parent(id) ON DELETE CASCADE\n);",
        "CREATE TABLE agentbus.zz_parts (\n  at date\n) PARTITION BY RANGE (at);",
        "CREATE TABLE agentbus.zz_part_one PARTITION OF agentbus.zz_parts"
            + " FOR VALUES FROM ('2026-01-01') TO ('2026-02-01') (",
        "CREATE INDEX zz_child_idx ON agentbus.zz_child USING btree (at) WHERE (parent IS NOT NULL);",
        "CREATE STATISTICS agentbus.zz_stat ON parent, at FROM agentbus.zz_child;",
        "CREATE VIEW agentbus.zz_view WITH (security_barrier=true) AS\n SELECT name\n   FROM agentbus.zz_parent;",
        "CREATE OR REPLACE FUNCTION agentbus.zz_function(a integer)",
        "CREATE TRIGGER zz_trigger BEFORE UPDATE ON agentbus.zz_parent",
        "COMMENT ON COLUMN agentbus.zz_parent.name IS 'what it''s called';",
        "COMMENT ON TABLE agentbus.zz_parent IS 'parents';",
        "GRANT SELECT ON TABLE agentbus.zz_parent TO PUBLIC;",
        "REVOKE ALL ON FUNCTION agentbus.zz_function(integer) FROM PUBLIC;")
        .doesNotContain("gone", "flyway", "zz_parent_id_seq");
  }

  private static String dump(PgDatabase from) throws SQLException {
    try (var connection = from.connect()) {
      assumeTrue(connection.getMetaData().getDatabaseMajorVersion() == RENDERED_BY,
          "only this version renders the file's text");
      return SchemaDump.of(connection);
    }
  }
}
