package io.agentbus.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.op.CallScope;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SseWriterTest {
  private static final Duration SOON = Duration.ofSeconds(8);
  private final AtomicInteger flushed = new AtomicInteger();
  private TestServer node;

  @BeforeEach
  void start() {
    var limits = new HttpSettings.Limits(1000, 16_000, 4096, 8192, 100, 100, 100, 2, 20);
    node = new TestServer(TestServer.settings(limits, TestServer.SHORT), exchange -> exchange.work(() -> {
      try (var stream = SseWriter.open(exchange)) {
        switch (exchange.path()) {
          case "/flood" -> {
            while (stream.event("1", null, new byte[64 << 10])) {
              flushed.incrementAndGet();
            }
          }
          case "/quiet", "/parting" -> {
            var over = new CountDownLatch(1);
            try (var waking = CallScope.current().onOver(over::countDown)) {
              over.await();
            }
            if (exchange.path().equals("/parting")) {
              stream.farewell("9", "bye".getBytes(StandardCharsets.UTF_8));
            }
          }
          default -> {
            stream.event("7", "news", "a\nb".getBytes(StandardCharsets.UTF_8));
            stream.keepAlive("8");
          }
        }
      }
    }));
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @Test
  void a_stream_has_the_form_that_browsers_read() throws Exception {
    try (var client = node.connect()) {
      var head = client.send(node.head("GET /", "Connection: close")).read();
      assertThat(head.status()).isEqualTo(200);
      assertThat(head.headers()).containsEntry("content-type", "text/event-stream; charset=utf-8")
          .containsEntry("cache-control", "no-store").containsEntry("transfer-encoding", "chunked");
      var text = new StringBuilder();
      for (var size = Integer.parseInt(client.line(), 16); size > 0; size = Integer.parseInt(client.line(), 16)) {
        for (var line = client.line(); ; line = client.line()) {
          text.append(line).append('|');
          size -= line.length() + 1;
          if (size <= 0) {
            break;
          }
        }
        client.line();
      }
      assertThat(text).hasToString("retry: 2000||event: news|id: 7|data: a|data: b||:|id: 8||");
    }
  }

  @Test
  void a_reader_that_does_not_read_is_dropped() throws Exception {
    try (var client = new RawClient(node.port(), 4096)) {
      client.send(node.head("GET /flood"));
      await().until(() -> node.server.openStreams() == 1);
      await().atMost(SOON).until(() -> node.server.openStreams() == 0);
      await().until(() -> node.server.openConnections() == 0);
    }
    assertThat(flushed).hasValueLessThan(1000);
  }

  @Test
  void a_stream_more_than_the_node_serves_is_refused() throws Exception {
    try (var one = node.connect(); var two = node.connect(); var three = node.connect()) {
      one.send(node.head("GET /quiet")).read();
      two.send(node.head("GET /quiet")).read();
      var answer = three.send(node.head("GET /quiet")).read();
      assertThat(answer.status()).isEqualTo(429);
      assertThat(answer.headers()).containsEntry("retry-after", "5");
    }
    await().atMost(SOON).until(() -> node.server.openStreams() == 0);
  }

  @Test
  void a_quiet_stream_outlives_the_deadlines_and_ends_with_the_node() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("GET /quiet")).read();
      for (var line = client.line(); !line.isEmpty(); line = client.line()) {
        assertThat(line).isIn("d", "retry: 2000");
      }
      assertThat(client.isClosedWithin(Duration.ofSeconds(2))).isFalse();
      var stopped = node.server.stop(Duration.ofSeconds(5));
      await().atMost(SOON).until(stopped::succeeded);
    }
  }

  @Test
  void a_stream_can_say_a_last_word_when_the_node_stops() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("GET /parting")).read();
      var stopped = node.server.stop(Duration.ofSeconds(5));
      var text = new StringBuilder();
      for (var line = client.line(); !line.equals("0"); line = client.line()) {
        text.append(line).append('|');
      }
      assertThat(text).contains("id: 9|data: bye|");
      await().atMost(SOON).until(stopped::succeeded);
    }
  }
}
