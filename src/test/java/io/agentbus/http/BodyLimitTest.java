package io.agentbus.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BodyLimitTest {
  private static TestServer node;

  @BeforeAll
  static void start() {
    node = new TestServer(exchange -> exchange.workWithBody(1000, body ->
        exchange.end(200, "text/plain", ("read " + body.length).getBytes())));
  }

  @AfterAll
  static void stop() throws Exception {
    node.close();
  }

  @Test
  void a_body_of_exactly_the_limit_is_read() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("POST /", "Content-Length: 1000")).send("a".repeat(400));
      client.send("a".repeat(600));
      assertThat(client.read().body()).isEqualTo("read 1000");
      client.send(node.head("POST /", "Transfer-Encoding: chunked"));
      for (var chunk = 0; chunk < 10; chunk++) {
        client.send("64\r\n" + "b".repeat(100) + "\r\n");
      }
      assertThat(client.send("0\r\n\r\n").read().body()).isEqualTo("read 1000");
      assertThat(client.send(node.head("GET /")).read().body()).isEqualTo("read 0");
    }
  }

  @Test
  void an_announced_body_above_the_limit_is_refused_before_it_is_sent() throws Exception {
    try (var client = node.connect()) {
      var answer = client.send(node.head("POST /", "Content-Length: 5000000")).read();
      assertThat(answer.status()).isEqualTo(413);
      assertThat(answer.body()).contains("\"code\":\"payload_too_large\"").contains("\"limit_bytes\":1000");
      assertThat(client.isClosedWithin(Duration.ofSeconds(5))).isTrue();
    }
  }

  @Test
  void a_small_refused_body_leaves_the_connection_usable() throws Exception {
    try (var client = node.connect()) {
      assertThat(client.send(node.head("POST /", "Content-Length: 1001") + "a".repeat(1001)).read().status())
          .isEqualTo(413);
      assertThat(client.send(node.head("GET /")).read().status()).isEqualTo(200);
    }
  }

  @Test
  void chunks_that_add_up_to_more_than_the_limit_are_refused() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("POST /", "Transfer-Encoding: chunked"));
      for (var chunk = 0; chunk < 11; chunk++) {
        client.send("64\r\n" + "b".repeat(100) + "\r\n");
      }
      assertThat(client.read().status()).isEqualTo(413);
      assertThat(client.isClosedWithin(Duration.ofSeconds(5))).isTrue();
    }
  }

  @Test
  void a_client_that_asks_first_is_told_to_go_on() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("POST /", "Content-Length: 3", "Expect: 100-continue"));
      assertThat(client.read().status()).isEqualTo(100);
      assertThat(client.send("abc").read().body()).isEqualTo("read 3");
    }
    try (var client = node.connect()) {
      assertThat(client.send(node.head("POST /", "Content-Length: 3000", "Expect: 100-continue")).read().status())
          .isEqualTo(413);
    }
  }
}
