package io.agentbus.door.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.http.HttpSettings;
import io.agentbus.testkit.PgDatabase;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AuthFailuresTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();

  @Test
  void too_many_wrong_tokens_slow_an_address_down_and_shut_out_no_good_token() throws Exception {
    try (var node = new RestNode(DATABASE.url(), HttpSettings.onLoopback(0))) {
      assertThat(node.get("/api/v1/things").statusCode()).isEqualTo(200);
      for (var wrong = 0; wrong < HttpSettings.Limits.DEFAULT.authFailures(); wrong++) {
        assertThat(node.get("/api/v1/things", "Authorization", "Bearer wrong" + wrong).statusCode()).isEqualTo(401);
      }
      var closed = node.get("/api/v1/things", "Authorization", "Bearer wrong");
      assertThat(closed.statusCode()).isEqualTo(429);
      assertThat(Integer.parseInt(closed.headers().firstValue("retry-after").orElseThrow())).isBetween(1, 60);
      assertThat(node.get("/api/v1/things", "Authorization", "Bearer reader").statusCode()).as("good, and new here").isEqualTo(200);
      assertThat(node.get("/api/v1/things").statusCode()).isEqualTo(200);
    }
  }
}
