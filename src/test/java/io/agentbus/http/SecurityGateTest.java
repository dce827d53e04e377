package io.agentbus.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Json;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecurityGateTest {
  private static TestServer node;

  @BeforeAll
  static void start() {
    var settings = new HttpSettings(HttpSettings.Listen.loopback(0), List.of("bus.example.org", "other.example.org:99"),
        List.of("https://console.example.org"), HttpSettings.Limits.DEFAULT, HttpSettings.Deadlines.DEFAULT);
    node = new TestServer(settings, exchange -> exchange.workWithBody(100_000, body ->
        exchange.end(200, "text/plain", ("read " + body.length).getBytes())));
  }

  @AfterAll
  static void stop() throws Exception {
    node.close();
  }

  private static RawClient.Answer ask(String request) throws Exception {
    try (var client = node.connect()) {
      return client.send(request).read();
    }
  }

  private static RawClient.Answer withHost(String host) throws Exception {
    return ask("GET /a HTTP/1.1\r\nHost: " + host.replace("PORT", Integer.toString(node.port())) + "\r\n\r\n");
  }

  private static JsonNode problem(RawClient.Answer answer) throws Exception {
    assertThat(answer.headers()).containsEntry("content-type", "application/problem+json");
    return Json.MAPPER.readTree(answer.body());
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:PORT", "localhost:PORT", "LocalHost:PORT", "[::1]:PORT", "bus.example.org",
      "bus.example.org:PORT", "other.example.org:99"})
  void a_request_for_a_host_of_this_node_is_served(String host) throws Exception {
    assertThat(withHost(host).status()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"evil.example", "evil.example:PORT", "127.0.0.1", "127.0.0.1:1",
      "localhost.evil.example:PORT", "other.example.org:PORT", "127.0.0.2:PORT", "10.0.0.1:PORT"})
  void a_request_for_another_host_is_misdirected(String host) throws Exception {
    var answer = withHost(host);
    assertThat(answer.status()).isEqualTo(421);
    assertThat(problem(answer).get("code").textValue()).isEqualTo("misdirected");
  }

  @Test
  void a_request_without_a_host_or_with_two_is_refused() throws Exception {
    assertThat(ask("GET / HTTP/1.1\r\n\r\n").status()).isEqualTo(400);
    assertThat(ask(node.head("GET /", "Host: localhost:" + node.port())).status()).isEqualTo(400);
    assertThat(ask("GET / HTTP/1.0\r\n\r\n").status()).isEqualTo(421);
  }

  @Test
  void pages_of_this_node_and_of_listed_origins_may_call_and_others_not() throws Exception {
    assertThat(ask(node.head("GET /", "Origin: http://127.0.0.1:" + node.port())).status()).isEqualTo(200);
    assertThat(ask(node.head("GET /", "Origin: http://localhost:" + node.port())).status()).isEqualTo(200);
    assertThat(ask(node.head("GET /", "Origin: https://console.example.org")).status()).isEqualTo(200);
    for (var origin : List.of("https://evil.example", "null", "http://127.0.0.1:1", "file://",
        "https://console.example.org.evil")) {
      var answer = ask(node.head("GET /", "Origin: " + origin));
      assertThat(answer.status()).as(origin).isEqualTo(403);
      assertThat(answer.headers()).doesNotContainKey("access-control-allow-origin");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://127.0.0.1/", "//a", "/a//b", "/../etc/passwd", "/a/../b", "/a/./b", "/a/..",
      "/%2e%2e/b",
      "/%2E./b", "/a%00b", "/a?b=%00", "/a%2fb", "/a%5cb", "/a\\b", "/a%0d%0ab", "/a%zz", "/a%2", "/a#b", "/\u00ff",
      "a"})
  void a_target_that_could_mean_another_is_refused(String target) throws Exception {
    assertThat(ask(node.head("GET " + target)).status()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/a", "/a/", "/a.b/..c", "/.well-known/x", "/a?b=../..&c=%2e%2e",
      "/api/v1/x/acme%2Fteam"})
  void a_plain_target_is_served(String target) throws Exception {
    assertThat(ask(node.head("GET " + target)).status()).isEqualTo(200);
  }

  @Test
  void a_request_framed_in_two_ways_is_refused() throws Exception {
    assertThat(ask(node.head("POST /", "Content-Length: 4", "Transfer-Encoding: chunked") + "0\r\n\r\n").status())
        .isEqualTo(400);
    assertThat(ask(node.head("POST /", "Content-Length: 4", "Content-Length: 5") + "abcd").status()).isEqualTo(400);
    assertThat(ask(node.head("POST /", "Transfer-Encoding: gzip, chunked") + "0\r\n\r\n").status()).isEqualTo(400);
    assertThat(ask(node.head("POST /", "Content-Length: -1")).status()).isEqualTo(400);
  }

  @Test
  void nothing_is_read_behind_a_request_whose_end_is_in_doubt() throws Exception {
    for (var doubt : List.of("Transfer-Encoding:\r\n chunked", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
        "Transfer-Encoding: chunked\r\nContent-Length: 5", ": chunked")) {
      try (var client = node.connect()) {
        client.send(node.head("POST /", doubt) + "0\r\n\r\n" + node.head("GET /smuggled"));
        var answer = client.read();
        assertThat(answer.status()).as(doubt).isEqualTo(400);
        assertThat(answer.headers()).as(doubt).containsEntry("connection", "close");
        assertThat(client.rest()).as(doubt).isEmpty();
      }
    }
  }

  @Test
  void what_decides_about_a_request_is_told_once() throws Exception {
    for (var header : List.of("Authorization: Bearer a", "Origin: https://console.example.org",
        "Content-Type: application/json", "Content-Encoding: identity")) {
      assertThat(ask(node.head("GET /", header)).status()).as(header).isEqualTo(200);
      var answer = ask(node.head("GET /", header, "X-Between: x", header));
      assertThat(answer.status()).as(header).isEqualTo(400);
      assertThat(problem(answer).get("detail").textValue()).containsIgnoringCase(header.substring(0, header.indexOf(':')));
    }
  }

  @Test
  void what_the_parser_cannot_read_is_answered_like_everything_else() throws Exception {
    for (var request : List.of(node.head("GET /" + "a".repeat(9000)), "hello\r\n\r\n",
        node.head("GET /", "Content-Length: 5", "Content-Length: 6"), node.head("GET /", "X-Nul: a\0b"))) {
      try (var client = node.connect()) {
        var answer = client.send(request + node.head("GET /")).read();
        assertThat(answer.headers()).containsKey("x-request-id").containsEntry("x-content-type-options", "nosniff")
            .containsEntry("connection", "close").doesNotContainKey("server");
        assertThat(problem(answer).get("request_id").textValue()).isEqualTo(answer.headers().get("x-request-id"));
        assertThat(client.rest()).isEmpty();
      }
    }
  }

  @Test
  void an_encoded_body_is_refused() throws Exception {
    var answer = ask(node.head("POST /", "Content-Encoding: gzip", "Content-Length: 2") + "{}");
    assertThat(answer.status()).isEqualTo(415);
    assertThat(problem(answer).get("code").textValue()).isEqualTo("unsupported_media_type");
  }

  @Test
  void an_oversized_head_is_refused_with_its_own_status() throws Exception {
    assertThat(ask(node.head("GET /" + "a".repeat(9000))).status()).isEqualTo(414);
    var answer = ask(node.head("GET /", "X-Long: " + "a".repeat(17_000)));
    assertThat(answer.status()).isEqualTo(431);
    assertThat(problem(answer).get("status").intValue()).isEqualTo(431);
    assertThat(ask("hello\r\n\r\n").status()).isEqualTo(400);
  }

  @Test
  void http2_in_the_clear_is_not_spoken() throws Exception {
    assertThat(ask("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").status()).isIn(400, 501);
    assertThat(ask(node.head("GET /", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c",
        "HTTP2-Settings: AAMAAABkAAQAAP__"))
        .status()).isEqualTo(200);
  }

  @Test
  void tracing_and_tunnels_are_not_served() throws Exception {
    assertThat(ask(node.head("TRACE /")).status()).isEqualTo(405);
    assertThat(ask(node.head("CONNECT example.org:443")).status()).isEqualTo(400);
  }

  @Test
  void every_answer_carries_the_headers_that_keep_browsers_safe() throws Exception {
    for (var request : List.of(node.head("GET /"), node.head("GET /a//b"))) {
      assertThat(ask(request).headers())
          .containsEntry("x-content-type-options", "nosniff")
          .containsEntry("referrer-policy", "no-referrer")
          .containsEntry("content-security-policy", "default-src 'none'; frame-ancestors 'none'")
          .containsEntry("cache-control", "no-store")
          .containsKey("x-request-id")
          .doesNotContainKeys("access-control-allow-origin", "server");
    }
  }

  @Test
  void a_sane_request_id_is_kept_and_another_replaced() throws Exception {
    assertThat(ask(node.head("GET /", "X-Request-Id: abc-1.2_Z")).headers()).containsEntry("x-request-id", "abc-1.2_Z");
    for (var id : List.of("a b", "<script>", "a".repeat(65), "\"x\"")) {
      assertThat(ask(node.head("GET /", "X-Request-Id: " + id)).headers().get("x-request-id")).isNotEqualTo(id)
          .hasSize(36);
    }
    var refused = ask(node.head("GET /a//b", "X-Request-Id: mine"));
    assertThat(problem(refused).get("request_id").textValue()).isEqualTo("mine");
  }
}
