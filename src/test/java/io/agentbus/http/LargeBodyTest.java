package io.agentbus.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies beyond what is read from anybody: who may send them, and how many bytes of them a node holds. */
@Timeout(60)
class LargeBodyTest {
  private static final int LARGE = 200_000;
  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch worked = new CountDownLatch(1);
  private TestServer node;

  @BeforeEach
  void start() {
    var usual = HttpSettings.Limits.DEFAULT;
    var limits = new HttpSettings.Limits(LARGE + 1000, 2 * LARGE, usual.initialLine(), usual.headers(), 100, 100, 3, 10, 20);
    node = new TestServer(TestServer.settings(limits, HttpSettings.Deadlines.DEFAULT), exchange -> {
      switch (exchange.path()) {
        case "/anybody" -> exchange.workWithBodyOfAnybody(body -> answer(exchange, body));
        case "/held" -> exchange.workWithBody(() -> { }, body -> {
          worked.await();
          answer(exchange, body);
        });
        default -> exchange.workWithBody(() -> admit(exchange), body -> answer(exchange, body));
      }
    });
  }

  @AfterEach
  void stop() throws Exception {
    worked.countDown();
    node.close();
  }

  private void admit(Exchange exchange) {
    asked.incrementAndGet();
    if (!"good".equals(exchange.request().getHeader("Authorization"))) {
      throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "Not you.");
    }
  }

  private static void answer(Exchange exchange, byte[] body) {
    exchange.end(200, "text/plain", ("read " + body.length).getBytes());
  }

  private static String chunks(int bytes) {
    var chunk = "2000\r\n" + "a".repeat(0x2000) + "\r\n";
    return chunk.repeat(bytes / 0x2000) + "0\r\n\r\n";
  }

  @Test
  void a_small_body_is_read_from_anybody() throws Exception {
    try (var client = node.connect()) {
      assertThat(client.send(node.head("POST /", "Content-Length: 1000") + "a".repeat(1000)).read().body())
          .isEqualTo("read 1000");
      assertThat(client.send(node.head("POST /", "Transfer-Encoding: chunked") + chunks(0x8000)).read().body())
          .isEqualTo("read " + 0x8000);
    }
    assertThat(asked).hasValue(0);
  }

  @Test
  void a_large_body_is_read_from_whoever_is_welcome() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("POST /", "Authorization: good", "Content-Length: " + LARGE) + "a".repeat(LARGE));
      assertThat(client.read().body()).isEqualTo("read " + LARGE);
      client.send(node.head("POST /", "Authorization: good", "Transfer-Encoding: chunked") + chunks(LARGE));
      assertThat(client.read().body()).isEqualTo("read " + LARGE / 0x2000 * 0x2000);
      client.send(node.head("POST /", "Authorization: good", "Expect: 100-continue", "Content-Length: " + LARGE));
      assertThat(client.read().status()).isEqualTo(100);
      assertThat(client.send("a".repeat(LARGE)).read().body()).isEqualTo("read " + LARGE);
      client.send(node.head("POST /", "Authorization: good", "Content-Length: " + 2 * LARGE));
      assertThat(client.read().status()).isEqualTo(413);
    }
    assertThat(asked).hasValue(4);
  }

  @Test
  void whoever_is_not_welcome_is_told_before_a_large_body_is_read() throws Exception {
    try (var client = node.connect()) {
      // Not a byte of it was sent.
      assertThat(client.send(node.head("POST /", "Content-Length: " + LARGE)).read().status()).isEqualTo(401);
      assertThat(client.isClosedWithin(Duration.ofSeconds(5))).isTrue();
    }
    try (var client = node.connect()) {
      client.send(node.head("POST /", "Transfer-Encoding: chunked") + "9000\r\n" + "a".repeat(0x9000) + "\r\n");
      assertThat(client.read().status()).isEqualTo(401);
    }
    try (var client = node.connect()) {
      client.send(node.head("POST /", "Content-Length: 50000") + "a".repeat(50_000));
      assertThat(client.read().status()).isEqualTo(401);
      assertThat(client.send(node.head("POST /", "Content-Length: 2") + "{}").read().body()).isEqualTo("read 2");
    }
    try (var client = node.connect()) {
      assertThat(client.send(node.head("POST /anybody", "Content-Length: 50000")).read().status()).isEqualTo(413);
    }
  }

  @Test
  void a_node_holds_only_so_many_bytes_of_bodies() throws Exception {
    var clients = new ArrayList<RawClient>();
    try {
      for (var one = 0; one < 2; one++) {
        clients.add(node.connect().send(node.head("POST /held", "Content-Length: " + LARGE) + "a".repeat(LARGE)));
      }
      await().until(() -> node.server.requestsInProgress() == 2);
      try (var third = node.connect()) {
        third.send(node.head("POST /held", "Content-Length: " + LARGE) + "a".repeat(LARGE));
        var refused = third.read();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.headers()).containsEntry("retry-after", "1");
      }
      worked.countDown();
      for (var client : clients) {
        assertThat(client.read().status()).isEqualTo(200);
      }
      await().until(() -> node.server.bodyBytesHeld() == 0);
    } finally {
      for (var client : clients) {
        client.close();
      }
    }
  }

  @Test
  void a_client_that_leaves_in_the_middle_of_its_body_leaves_no_bytes_behind() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("POST /held", "Content-Length: " + LARGE) + "a".repeat(LARGE - 1));
      await().until(() -> node.server.bodyBytesHeld() > 0);
    }
    await().until(() -> node.server.bodyBytesHeld() == 0);
  }

  @Test
  void a_node_at_its_limit_of_requests_answers_a_large_body_at_once() throws Exception {
    var clients = new ArrayList<RawClient>();
    try {
      for (var one = 0; one < 3; one++) {
        clients.add(node.connect().send(node.head("POST /held", "Content-Length: 2") + "{}"));
      }
      await().until(() -> node.server.requestsInProgress() == 3);
      try (var more = node.connect()) {
        more.send(node.head("POST /", "Authorization: good", "Content-Length: 50000") + "a".repeat(50_000));
        assertThat(more.read().status()).isEqualTo(503);
        worked.countDown();
        await().until(() -> node.server.requestsInProgress() == 0);
        assertThat(more.send(node.head("GET /")).read().status()).isEqualTo(200);
      }
    } finally {
      for (var client : clients) {
        client.close();
      }
    }
  }
}
