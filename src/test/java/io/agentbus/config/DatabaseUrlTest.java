package io.agentbus.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseUrlTest {
  private static final String HOST = "postgresql://me:p%40ss+word%2F@db.example:6432/bus";

  @Test
  void all_parts_are_taken_apart_and_decoded() {
    var url = DatabaseUrl.of(HOST + "?sslmode=verify-full&sslrootcert=%2Fca.pem&connect_timeout=3&application_name=x");
    assertThat(url.host()).isEqualTo("db.example");
    assertThat(url.port()).isEqualTo(6432);
    assertThat(url.database()).isEqualTo("bus");
    assertThat(url.user()).isEqualTo("me");
    assertThat(url.password()).isEqualTo("p@ss+word/");
    assertThat(url.parameters()).isEqualTo(Map.of("sslmode", "verify-full", "sslrootcert", "/ca.pem", "connect_timeout",
        "3", "application_name", "x"));
    assertThat(url.toString()).isEqualTo("postgresql://me@db.example:6432/bus");
  }

  @Test
  void what_is_left_out_has_the_usual_meaning() {
    var url = DatabaseUrl.of("postgres://me@[::1]");
    assertThat(url.host()).isEqualTo("::1");
    assertThat(url.port()).isEqualTo(5432);
    assertThat(url.database()).isEqualTo("me");
    assertThat(DatabaseUrl.of("postgresql://host/bus?user=a&password=b").password()).isEqualTo("b");
  }

  @Test
  void options_are_read_as_the_server_reads_them() {
    var options = "-c%20search_path%3Dagentbus,public%20-cwork_mem%3D8MB%20--Lock-Timeout%3D5s%20-c%20x.y%3Da%5C%20b%5C%5C";
    assertThat(DatabaseUrl.of("postgresql://host/bus?options=" + options).settings()).isEqualTo(Map.of(
        "search_path", "agentbus,public", "work_mem", "8MB", "lock_timeout", "5s", "x.y", "a b\\"));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "sslmod=require              | 'sslmod'; did you mean 'sslmode'",
      "ApplicationName=x           | 'ApplicationName'; did you mean 'application_name'",
      "hostaddr=10.0.0.1           | the address stands before the database's name",
      "currentSchema=x             | everything lives in the schema agentbus",
      "statement_timeout=5000      | options=-c%20NAME%3DVALUE",
      "sslmode=on                  | none of disable, allow, prefer, require, verify-ca, verify-full",
      "sslmode=verify-full         | sslrootcert",
      "sslmode=                    | sslmode no value",
      "sslmode=require&sslmode=require | sslmode twice",
      "sslcert=%2Fme.pem           | sslcert and sslkey together",
      "channel_binding=require     | none of disable, prefer",
      "target_session_attrs=standby | none of any, primary, read-write",
      "connect_timeout=soon        | number of seconds",
      "options=-B%20100            | '-B'",
      "options=-c%20timezone%3DUTC | timezone, which agentbus sets itself",
      "options=-c%20application_name%3Dx | a parameter of its own",
      "options=-c%20a%3D%07        | control character in options, in the value of a"})
  void a_parameter_that_cannot_be_kept_is_refused_by_its_name_with_what_would_be_right(String query, String words) {
    assertThatThrownBy(() -> DatabaseUrl.of(HOST + "?" + query)).isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("the database URL ").hasMessageContaining(words).hasMessageNotContaining("p@ss");
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "mysql://host/x                  | postgresql://user:password@host:port/database",
      "postgresql:///x                 | postgresql://user:password@host:port/database",
      "postgresql://me:pa ss@host/x    | percent-encoded",
      "postgresql://a,b/x              | one host",
      "postgresql://a:1,b:2/x          | one host",
      "postgresql://%2Frun%2Fpostgres/x | socket",
      "postgresql://host:0/x           | a port from 1 to 65535"})
  void an_address_that_cannot_be_used_is_refused_without_showing_a_password(String text, String words) {
    assertThatThrownBy(() -> DatabaseUrl.of(text)).hasMessageContaining(words).hasMessageNotContaining("pa ss").hasNoCause();
  }

  @Test
  void the_configuration_says_it_in_the_same_words() {
    assertThatThrownBy(() -> new DatabaseConfig(new Secret(HOST + "?sslmod=require"), 16, DatabaseConfig.Embedded.defaults()))
        .isInstanceOf(ConfigException.class).hasMessage("database.url cannot be used: the database URL has the parameter 'sslmod';"
            + " did you mean 'sslmode'.");
  }
}
