package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Truth;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What subscribers get when the nodes that move events on are killed. */
@Timeout(180)
class SubscriptionStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  private static final int EVENTS = 400;
  /** Deliveries of a node that is killed are taken by another soon. */
  private static final String[] SHORT_LEASE = {"--set", "verticles.inbox-drainer.lease=1s"};

  /** Promise: every event is told, into a box and as a job once each, whichever node dies at whatever moment. */
  @Test
  void no_event_is_lost_or_doubled_when_nodes_are_killed_while_they_move_events_on() throws Exception {
    try (var steady = NodeProcess.over(DATABASE, folder, "steady", flags("--roles", "api")); var mortal = NodeProcess.over(DATABASE, folder, "mortal",
        SHORT_LEASE)) {
      var truth = new Truth(DATABASE.url());
      var token = steady.registerAgent("acme", "ann", 0);
      var ann = steady.caller(token);
      var bob = steady.caller(steady.registerAgent("acme", "bob", 0));
      ann.call("subscribe", "{\"to\": \"inbox\", \"topic\": \"phase.*\"}");
      ann.call("subscribe", "{\"to\": \"inbox\", \"topic\": \"phase.*\", \"ordered\": true, \"target_agent\": \"bob\"}");
      ann.call("subscribe", "{\"to\": \"job\", \"topic\": \"phase.*\", \"job\": {\"subject\": \"{{event.payload.n}}\", \"target_agent\": \"bob\"}}");
      var stream = ann.call("subscribe", "{\"to\": \"sse\", \"topic\": \"phase.*\"}").get("id").asText();
      var emitting = CompletableFuture.runAsync(() -> IntStream.range(0, EVENTS).forEach(n ->
          bob.call("emit_event", "{\"topic\": \"phase.done\", \"payload\": {\"n\": " + n + "}}")));
      for (var kill = 1; kill <= 3; kill++) {
        var so = EVENTS * kill / 5;
        await().atMost(JavaProgram.LONG).until(() -> truth.count("SELECT count(*) FROM deliveries WHERE status = 'delivered'") >= so);
        mortal.kill9();
        mortal.up(SHORT_LEASE);
      }
      emitting.join();
      await().atMost(JavaProgram.LONG).until(() -> truth.holds("SELECT count(*) = 3 * " + EVENTS + " FROM deliveries WHERE status = 'delivered'"));
      for (var box : List.of("ann", "bob")) {
        assertThat(truth.all("SELECT m.payload #>> '{event,payload,n}' FROM message_facts m JOIN agents a ON a.agent_no = m.agent_no WHERE a.name = ?"
            + " ORDER BY m.arrival", box)).as(box).hasSize(EVENTS).doesNotHaveDuplicates();
      }
      assertThat(truth.all("SELECT m.payload #>> '{event,position}' FROM message_facts m JOIN agents a ON a.agent_no = m.agent_no WHERE a.name = 'bob'"
          + " ORDER BY m.arrival").stream().map(Long::valueOf).toList()).as("the ordered one").isSorted();
      assertThat(truth.all("SELECT subject FROM jobs WHERE source_agent LIKE 'subscription:%'")).hasSize(EVENTS).doesNotHaveDuplicates();
      assertThat(streamed(steady, token, stream)).hasSize(EVENTS).doesNotHaveDuplicates();
    }
  }

  /** The first events of a subscription's stream: their data. */
  private static List<String> streamed(NodeProcess node, String token, String subscription) throws Exception {
    var request = HttpRequest.newBuilder(node.url().resolve("/api/v1/event-subscriptions/" + subscription + "/stream"))
        .header("Authorization", "Bearer " + token).build();
    try (var client = HttpClient.newHttpClient(); var lines = client.send(request, HttpResponse.BodyHandlers.ofLines()).body()) {
      var data = lines.filter(line -> line.startsWith("data: ")).limit(EVENTS).toList();
      client.shutdownNow();
      return data;
    }
  }

  private static String[] flags(String... flags) {
    return flags;
  }
}
