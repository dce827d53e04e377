package io.agentbus.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(PgDatabase.class)
class PgDatabaseParameterTest {

  @BeforeAll
  static void a_class_that_asks_gets_one(PgDatabase database) throws SQLException {
    try (var connection = database.connect()) {
      assertThat(connection.isValid(5)).isTrue();
    }
  }

  @Test
  void it_is_the_same_throughout_the_class(PgDatabase database) throws SQLException {
    try (var connection = database.connect()) {
      assertThat(database.url()).contains("/" + connection.getCatalog());
    }
  }
}
