package io.agentbus.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.testkit.PgDatabase;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A node that stops answers those who wait, and ends their streams in order. */
@Timeout(60)
class StoppingNodeTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final Duration SOON = Duration.ofSeconds(20);
  private McpNode node;
  private McpClient client;

  @BeforeEach
  void open() {
    node = new McpNode(DATABASE);
    client = node.agent("w" + System.nanoTime());
  }

  @AfterEach
  void close() throws Exception {
    client.close();
    node.close();
  }

  @Test
  void a_claim_that_waits_is_answered_with_nothing() throws Exception {
    var waiting = client.sendLater(client.modernRequest("tools/call",
        "{'name': 'claim_jobs', 'arguments': {'wait_seconds': 40}}", Map.of()));
    await().until(() -> node.web.server.openStreams() == 1);
    var stopped = node.web.server.stop(Duration.ofSeconds(10));
    assertThat(waiting.get(20, TimeUnit.SECONDS).result().at("/structuredContent/jobs")).isEmpty();
    await().atMost(SOON).until(stopped::succeeded);
  }

  @Test
  void a_listener_gets_its_result() throws Exception {
    try (var events = client.open(client.modernRequest("subscriptions/listen", "{'notifications': {}}", Map.of()))) {
      var agreed = events.next();
      var stopped = node.web.server.stop(Duration.ofSeconds(10));
      var last = events.next();
      assertThat(last.get("id")).isEqualTo(agreed.at("/params/_meta/io.modelcontextprotocol~1subscriptionId"));
      assertThat(last.at("/result/resultType").asText()).isEqualTo("complete");
      assertThat(last.at("/result/_meta/io.modelcontextprotocol~1subscriptionId")).isEqualTo(last.get("id"));
      assertThat(events.next()).isNull();
      await().atMost(SOON).until(stopped::succeeded);
    }
  }
}
