package io.agentbus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class PgDatabaseTest {

  @RegisterExtension
  static final PgDatabase registered = new PgDatabase();

  @RegisterExtension
  static final PgDatabase bare = PgDatabase.bare();

  @Test
  void each_is_a_database_of_its_own() throws SQLException {
    assertThat(registered.url()).startsWith("postgresql://").isNotEqualTo(bare.url());
    try (var connection = registered.connect(); var statement = connection.createStatement()) {
      statement.execute("CREATE TABLE public.mine (a int)");
    }
    assertThat(one(bare, "SELECT to_regclass('public.mine')::text")).isNull();
    assertThat(one(registered, "SELECT to_regclass('public.mine')::text")).isEqualTo("mine");
  }

  @Test
  void the_zone_of_its_sessions_is_not_utc() throws SQLException {
    assertThat(one(registered, "SELECT setting FROM pg_db_role_setting, unnest(setconfig) AS setting"
        + " WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())"))
        .isEqualToIgnoringCase("timezone=Asia/Kathmandu");
  }

  @Test
  void only_the_migrated_one_has_the_schema() throws SQLException {
    assertThat(one(registered, "SELECT count(*) FROM pg_namespace WHERE nspname = 'agentbus'")).isEqualTo("1");
    assertThat(one(bare, "SELECT count(*) FROM pg_namespace WHERE nspname = 'agentbus'")).isEqualTo("0");
  }

  @Nested
  class Nesting {
    @Test
    void sees_the_same_database() throws SQLException {
      assertThat(one(registered, "SELECT current_database()")).isIn((Object[]) registered.url().split("[/?]"));
    }
  }

  private static String one(PgDatabase database, String sql) throws SQLException {
    try (var connection = database.connect(); var statement = connection.createStatement();
        var rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
