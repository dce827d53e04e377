package io.agentbus.door.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.http.BearerGate;
import io.agentbus.http.HttpSettings;
import io.agentbus.http.RawClient;
import io.agentbus.http.TestServer;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class EventStreamTest {
  private final MemoryFeed feed = new MemoryFeed();
  private volatile Set<Right> rights = Set.of(Right.READ);
  private TestServer node;

  @BeforeEach
  void start() {
    var bearer = new BearerGate(token -> {
      if (rights.isEmpty()) {
        throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "The token is not known.");
      }
      return new Caller(UUID.randomUUID(), token, null, List.of(NamespacePath.DEFAULT), rights);
    }, 20);
    var stream = new EventStream(feed, bearer, Duration.ofMillis(150));
    node = new TestServer(TestServer.settings(HttpSettings.Limits.DEFAULT, TestServer.SHORT), stream::receive);
  }

  @AfterEach
  void stop() throws Exception {
    node.close();
  }

  private RawClient open(String query, String... headers) throws Exception {
    var all = Stream.concat(Stream.of("Authorization: Bearer t"), List.of(headers).stream());
    return node.connect().send(node.head("GET /" + query, all.toArray(String[]::new)));
  }

  private static RawClient opened(RawClient client) throws Exception {
    var answer = client.read();
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    return client;
  }

  /** The next line that tells something: not a chunk's size, a comment, an empty one or the retry time. */
  private static String told(RawClient client) throws Exception {
    while (true) {
      var line = client.line();
      if (line.startsWith("id:") || line.startsWith("data:") || line.startsWith("event:")) {
        return line;
      }
    }
  }

  private static void assertEvent(RawClient client, long position, String topic) throws Exception {
    var line = told(client);
    // A keep-alive may come before it and tells a position too.
    while (!line.equals("id: " + position)) {
      line = told(client);
    }
    for (line = told(client); line.startsWith("id:"); line = told(client)) {
      assertThat(line).isEqualTo("id: " + position);
    }
    assertThat(line).isEqualTo("data: {\"topic\":\"" + topic + "\",\"position\":" + position + "}");
  }

  @Test
  void a_stream_shows_events_from_now_on() throws Exception {
    feed.emit("old");
    try (var client = opened(open("events"))) {
      feed.emit("a");
      feed.emit("b");
      assertEvent(client, 2, "a");
      assertEvent(client, 3, "b");
    }
    await().until(() -> feed.listeners() == 0 && node.server.openStreams() == 0);
  }

  @Test
  void a_client_that_comes_back_goes_on_where_it_was() throws Exception {
    for (var topic : new String[] {"a", "b", "c"}) {
      feed.emit(topic);
    }
    try (var client = opened(open("events?after=3", "Last-Event-ID: 1"))) {
      assertEvent(client, 2, "b");
      assertEvent(client, 3, "c");
    }
    try (var client = opened(open("events?after=2"))) {
      assertEvent(client, 3, "c");
    }
    try (var client = opened(open("events?after=0&topic=b"))) {
      assertEvent(client, 2, "b");
    }
  }

  @Test
  void a_client_that_comes_back_too_late_is_told_what_it_missed() throws Exception {
    for (var event = 0; event < 5; event++) {
      feed.emit("e");
    }
    feed.forget(3);
    try (var client = opened(open("events", "Last-Event-ID: 1"))) {
      assertThat(told(client)).isEqualTo("event: reset");
      assertThat(told(client)).isEqualTo("id: 3");
      assertThat(told(client)).isEqualTo("data: {\"asked\":1,\"resumes_after\":3}");
      assertEvent(client, 4, "e");
      assertEvent(client, 5, "e");
    }
  }

  @Test
  void more_events_than_one_page_come_in_order() throws Exception {
    try (var client = opened(open("events?after=0"))) {
      for (var event = 1; event <= 1000; event++) {
        feed.emit("e");
      }
      for (var event = 1; event <= 1000; event++) {
        assertEvent(client, event, "e");
      }
    }
  }

  @Test
  void a_quiet_stream_shows_that_it_lives_and_how_far_it_has_looked() throws Exception {
    try (var client = opened(open("events?topic=rare"))) {
      feed.emit("common");
      var line = told(client);
      while (line.equals("id: 0")) {
        line = told(client);
      }
      assertThat(line).isEqualTo("id: 1");
      assertThat(client.isClosedWithin(Duration.ofSeconds(2))).isFalse();
    }
  }

  @Test
  void a_stream_ends_with_its_token() throws Exception {
    try (var client = opened(open("events"))) {
      rights = Set.of();
      var line = told(client);
      while (line.startsWith("id:")) {
        line = told(client);
      }
      assertThat(line).isEqualTo("event: end");
      assertThat(told(client)).as("who comes back goes on from there").isEqualTo("id: 0");
      assertThat(told(client)).contains("\"code\":\"unauthenticated\"");
    }
  }

  @Test
  void what_cannot_be_streamed_is_refused_before_the_stream_begins() throws Exception {
    try (var client = node.connect().send(node.head("GET /events"))) {
      assertThat(client.read().status()).isEqualTo(401);
    }
    for (var query : new String[] {"events?after=x", "events?after=-1", "events?topc=a", "events?topic=a&topic=b",
        "events?source_job_id=1", "events?source_agent=a%00b"}) {
      try (var client = open(query)) {
        assertThat(client.read().status()).as(query).isEqualTo(400);
      }
    }
    try (var client = open("events", "Last-Event-ID: abc")) {
      assertThat(client.read().status()).isEqualTo(400);
    }
    try (var client = open("events?namespace=elsewhere")) {
      assertThat(client.read().status()).isEqualTo(404);
    }
    try (var client = open("events", "Accept: application/json")) {
      assertThat(client.read().status()).isEqualTo(406);
    }
    rights = Set.of(Right.WORK);
    try (var client = open("events")) {
      assertThat(client.read().status()).isEqualTo(403);
    }
  }

  @Test
  void a_reader_that_does_not_read_is_dropped() throws Exception {
    for (var event = 0; event < 20; event++) {
      feed.emit("e".repeat(1 << 20));
    }
    try (var client = new RawClient(node.port(), 4096)) {
      client.send(node.head("GET /events?after=0", "Authorization: Bearer t"));
      await().until(() -> node.server.openStreams() == 1);
      await().atMost(Duration.ofSeconds(8)).until(() -> node.server.openStreams() == 0 && feed.listeners() == 0);
    }
  }
}
