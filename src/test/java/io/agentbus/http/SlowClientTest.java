package io.agentbus.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.op.CallScope;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SlowClientTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private final CountDownLatch answering = new CountDownLatch(1);
  private final AtomicBoolean gone = new AtomicBoolean();
  private TestServer node;

  @BeforeEach
  void start() {
    node = new TestServer(TestServer.settings(HttpSettings.Limits.DEFAULT, TestServer.SHORT), exchange -> {
      switch (exchange.path()) {
        case "/wait" -> exchange.work(() -> {
          try (var waking = CallScope.current().onOver(answering::countDown)) {
            answering.await(10, TimeUnit.SECONDS);
          }
          gone.set(CallScope.current().over());
          exchange.end(200, "text/plain", "waited".getBytes());
        });
        case "/socket" -> Surface.of(request -> request.toWebSocket()
            .onSuccess(socket -> socket.textMessageHandler(socket::writeTextMessage))).handle(exchange);
        case "/big" -> exchange.end(200, "text/plain", new byte[32 << 20]);
        default -> exchange.workWithBody(1 << 20, body -> exchange.end(200, "text/plain", "ok".getBytes()));
      }
    });
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  @Test
  void a_client_that_sends_nothing_is_closed() throws Exception {
    try (var client = node.connect()) {
      assertThat(client.isClosedWithin(SOON)).isTrue();
    }
    await().until(() -> node.server.openConnections() == 0);
  }

  @Test
  void a_client_that_trickles_headers_is_closed() throws Exception {
    try (var client = node.connect()) {
      client.send("GET / HTTP/1.1\r\nHost: 127.0.0.1:" + node.port() + "\r\n");
      var closed = client.isClosedWithin(Duration.ofMillis(1));
      for (var tries = 0; !closed && tries < 100; tries++) {
        try {
          client.send("X-A" + tries + ": b\r\n");
        } catch (java.io.IOException broken) {
          closed = true;
          break;
        }
        closed = client.isClosedWithin(Duration.ofMillis(50));
      }
      assertThat(closed).isTrue();
    }
  }

  @Test
  void a_client_that_trickles_a_body_is_closed() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("POST /", "Content-Length: 1000")).send("abc");
      assertThat(client.isClosedWithin(SOON)).isTrue();
    }
  }

  @Test
  void a_client_that_trickles_chunks_is_closed() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("POST /", "Transfer-Encoding: chunked")).send("3\r\nabc\r\n");
      assertThat(client.isClosedWithin(SOON)).isTrue();
    }
  }

  @Test
  void a_refused_body_that_trickles_on_is_closed_before_the_connection_is_idle() throws Exception {
    var patient = new HttpSettings.Deadlines(Duration.ofSeconds(60), Duration.ofSeconds(1), Duration.ofSeconds(60),
        Duration.ofSeconds(60));
    try (var other = new TestServer(TestServer.settings(HttpSettings.Limits.DEFAULT, patient), new Site());
        var client = other.connect()) {
      client.send(other.head("POST /nothing", "Content-Length: 1000") + "abc");
      assertThat(client.read().status()).isEqualTo(404);
      assertThat(client.isClosedWithin(SOON)).isTrue();
    }
  }

  @Test
  void a_quiet_web_socket_outlives_every_deadline_of_the_connection() throws Exception {
    var heard = new LinkedBlockingQueue<CharSequence>();
    try (var http = HttpClient.newHttpClient(); var idle = node.connect()) {
      var socket = http.newWebSocketBuilder().buildAsync(URI.create("ws://127.0.0.1:" + node.port() + "/socket"),
          new WebSocket.Listener() {
            @Override
            public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
              heard.add(text);
              from.request(1);
              return CompletableFuture.completedFuture(null);
            }
          }).get(5, TimeUnit.SECONDS);
      try {
        idle.send(node.head("GET /")).read();
        assertThat(idle.isClosedWithin(SOON)).isTrue();
        socket.sendText("still here", true).get(5, TimeUnit.SECONDS);
        assertThat(heard.poll(5, TimeUnit.SECONDS)).hasToString("still here");
      } finally {
        // The client's close would wait for the socket.
        socket.abort();
      }
    }
  }

  @Test
  void a_client_that_does_not_read_its_answer_is_closed() throws Exception {
    try (var client = new RawClient(node.port(), 4096)) {
      client.send(node.head("GET /big"));
      await().atMost(SOON).until(() -> node.server.openConnections() == 0);
    }
  }

  @Test
  void others_are_served_while_clients_stall() throws Exception {
    var slow = new ArrayList<RawClient>();
    try {
      for (var one = 0; one < 20; one++) {
        slow.add(node.connect().send("GET / HTTP/1.1\r\nHost: "));
        slow.add(node.connect().send(node.head("POST /", "Content-Length: 1000") + "abc"));
      }
      for (var one = 0; one < 3; one++) {
        slow.add(new RawClient(node.port(), 4096).send(node.head("GET /big")));
      }
      try (var good = node.connect()) {
        for (var requests = 0; requests < 20; requests++) {
          assertThat(good.send(node.head("POST /", "Content-Length: 2") + "{}").read().body()).isEqualTo("ok");
        }
      }
      await().atMost(SOON).until(() -> node.server.openConnections() == 0);
    } finally {
      for (var client : slow) {
        client.close();
      }
    }
  }

  @Test
  void a_client_that_is_done_and_says_nothing_more_is_closed() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("GET /"));
      assertThat(client.read().body()).isEqualTo("ok");
      assertThat(client.isClosedWithin(SOON)).isTrue();
    }
  }

  @Test
  void a_kept_connection_that_trickles_its_next_request_is_closed() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("GET /"));
      client.read();
      client.send("GET / HT");
      assertThat(client.isClosedWithin(SOON)).isTrue();
    }
  }

  @Test
  void a_long_poll_outlives_every_deadline_of_the_connection() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("GET /wait"));
      assertThat(client.isClosedWithin(Duration.ofSeconds(3))).isFalse();
      answering.countDown();
      assertThat(client.read().body()).isEqualTo("waited");
    }
    assertThat(gone).isFalse();
  }

  @Test
  void a_call_learns_that_its_client_has_gone() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("GET /wait"));
      await().until(() -> node.server.requestsInProgress() == 1);
    }
    await().atMost(SOON).untilTrue(gone);
    await().until(() -> node.server.requestsInProgress() == 0);
  }

  @Test
  void a_call_learns_that_the_node_stops_and_still_answers() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("GET /wait"));
      await().until(() -> node.server.requestsInProgress() == 1);
      var stopping = node.server.stop(Duration.ofSeconds(5));
      assertThat(client.read().body()).isEqualTo("waited");
      await().atMost(SOON).until(stopping::isComplete);
      assertThat(stopping.succeeded()).isTrue();
    }
  }

  @Test
  void requests_in_one_packet_are_answered_in_their_order() throws Exception {
    try (var client = node.connect()) {
      client.send(node.head("POST /", "Content-Length: 2") + "{}" + node.head("GET /") + node.head("GET /nothing"));
      for (var answers = 0; answers < 3; answers++) {
        assertThat(client.read().body()).isEqualTo("ok");
      }
    }
  }
}
