package io.agentbus.db;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.pgclient.PgException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PgErrorsTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
      "25P03 | idle in a transaction for too long | nothing is known to have changed",
      "57P05 | idle for too long                  | nothing is known to have changed",
      "57P01 | cut by an administrator            | nothing is known to have changed",
      "57P03 | starting                           | nothing is known to have changed",
      "08006 | connection failure                 | nothing is known to have changed",
      "53300 | too many connections               | nothing is known to have changed",
      "28P01 | wrong password                     | nothing is known to have changed",
      "3D000 | no such database                   | nothing is known to have changed",
      "57014 | took too long, or was cancelled    | nothing was changed",
      "40001 | serialization failure              | nothing was changed",
      "40P01 | deadlock                           | nothing was changed"})
  void what_passes_by_itself_is_unavailable_and_says_that_trying_again_is_right(String state, String what, String words) {
    var failure = PgErrors.translate(pg(state));
    assertThat(failure).as(what).isInstanceOf(ProblemException.class).hasMessageContaining(words).hasMessageEndingWith("Try again.");
    assertThat(((ProblemException) failure).code()).isEqualTo(ProblemCode.UNAVAILABLE);
    assertThat(failure.getCause()).as("for the log").isInstanceOf(PgException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"23505", "42601", "22P02", "25001", "57000"})
  void a_defect_stays_one(String state) {
    assertThat(PgErrors.translate(pg(state))).isInstanceOf(PgException.class);
  }

  private static PgException pg(String state) {
    return new PgException("said the server", "ERROR", state, null);
  }
}
