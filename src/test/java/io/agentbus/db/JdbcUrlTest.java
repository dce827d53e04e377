package io.agentbus.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class JdbcUrlTest {

  @Test
  void user_and_password_leave_the_url_and_are_decoded() {
    var url = JdbcUrl.of("postgresql://me:p%40ss+word%2F@db.example:6432/bus?sslmode=require&application_name=x");
    assertThat(url.url()).isEqualTo("jdbc:postgresql://db.example:6432/bus?sslmode=require&ApplicationName=x");
    assertThat(url.user()).isEqualTo("me");
    assertThat(url.password()).isEqualTo("p@ss+word/");
    assertThat(url.toString()).doesNotContain("p@ss");
  }

  @Test
  void what_is_left_out_has_the_usual_meaning() {
    assertThat(JdbcUrl.of("postgres://me@localhost").url()).isEqualTo("jdbc:postgresql://localhost/me");
    assertThat(JdbcUrl.of("postgresql://host/bus?user=a&password=b"))
        .isEqualTo(new JdbcUrl("jdbc:postgresql://host/bus", "a", "b"));
  }

  @Test
  void nonsense_is_refused_without_showing_a_password() {
    assertThatThrownBy(() -> JdbcUrl.of("mysql://host/x")).hasMessageContaining("postgresql://");
    assertThatThrownBy(() -> JdbcUrl.of("postgresql://me:pa ss@host/x")).hasMessageContaining("percent-encoded")
        .hasMessageNotContaining("pa ss").hasNoCause();
  }
}
