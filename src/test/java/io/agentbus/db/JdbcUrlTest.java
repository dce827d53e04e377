package io.agentbus.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentbus.testkit.PgDatabase;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class JdbcUrlTest {
  @RegisterExtension
  static final PgDatabase DATABASE = PgDatabase.bare();

  @Test
  void user_and_password_leave_the_url() {
    var url = JdbcUrl.of("postgresql://me:p%40ss+word%2F@db.example:6432/bus?sslmode=require&application_name=x");
    assertThat(url.url()).startsWith("jdbc:postgresql://db.example:6432/bus?").contains("sslmode=require", "ApplicationName=x")
        .doesNotContain("p@ss", "p%40ss");
    assertThat(url.user()).isEqualTo("me");
    assertThat(url.password()).isEqualTo("p@ss+word/");
    assertThat(url.toString()).isEqualTo("jdbc:postgresql://db.example:6432/bus as me");
  }

  @Test
  void nonsense_is_refused() {
    assertThatThrownBy(() -> JdbcUrl.of("mysql://host/x")).hasMessageContaining("postgresql://");
  }

  @Test
  void settings_of_the_url_reach_the_session_but_for_limits_that_would_end_a_slow_migration() throws SQLException {
    var url = DATABASE.urlWith("work_mem=5MB", "search_path=\"a b\", c", "statement_timeout=1s", "idle_in_transaction_session_timeout=1s");
    assertThat(show(url, "work_mem")).isEqualTo("5MB");
    assertThat(show(url, "search_path")).isEqualTo("\"a b\", c");
    assertThat(show(url, "statement_timeout") + show(url, "idle_in_transaction_session_timeout")).isEqualTo("00");
  }

  private static String show(String url, String setting) throws SQLException {
    try (var connection = JdbcUrl.of(url).connect(); var statement = connection.createStatement();
        var rows = statement.executeQuery("SHOW " + setting)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
