package io.agentbus.webhook.out;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.event.Event;
import io.agentbus.id.Ids;
import io.agentbus.op.Json;
import java.io.IOException;
import java.time.Instant;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;

/** What ai-memory's receivers read first is what the bus says, and not what a caller says. */
class WebhookFormatTest {
  @Test
  void a_payload_that_says_who_and_what_changes_neither() throws Exception {
    var body = body("build.done", "ci", "{'event': 'memory_delete', 'memory_id': 'm1', 'namespace': 'elsewhere', 'agent_id': 'boss', 'delivered_at': 'x', 'k': 1}");
    assertThat(body.get("event").asText()).isEqualTo("build.done");
    assertThat(body.get("memory_id").isNull()).isTrue();
    assertThat(body.get("namespace").asText()).isEqualTo("acme");
    assertThat(body.get("agent_id").asText()).isEqualTo("ci");
    assertThat(body.get("delivered_at").asText()).startsWith("2026-");
    assertThat(body.get("k").asInt()).isEqualTo(1);
  }

  @Test
  void an_event_of_the_memory_bus_is_told_by_the_names_of_ai_memory() throws Exception {
    var body = body("memory.promoted", "token:operator",
        "{'event': 'memory_promote', 'memory_id': 'm1', 'agent_id': 'ann', 'mode': 'vertical', 'to_namespace': 'acme'}");
    assertThat(body.get("event").asText()).isEqualTo("memory_promote");
    assertThat(body.get("memory_id").asText()).isEqualTo("m1");
    assertThat(body.get("agent_id").asText()).isEqualTo("ann");
    assertThat(body.get("mode").asText()).isEqualTo("vertical");
  }

  @Test
  void a_message_is_told_as_an_entry_of_its_box() throws Exception {
    var body = body("message.sent", "bob", "{'message_id': 'm1', 'target': 'ann', 'source': 'bob', 'priority': 9}");
    assertThat(body.get("event").asText()).isEqualTo("memory_store");
    assertThat(body.get("memory_id").asText()).isEqualTo("m1");
    assertThat(body.get("namespace").asText()).isEqualTo("_messages/ann");
    assertThat(body.get("agent_id").asText()).isEqualTo("bob");
  }

  private static JsonNode body(String topic, String source, String payload) throws IOException {
    return Json.MAPPER.readTree(WebhookFormat.AI_MEMORY.body(new Event(Ids.next(), "acme", topic, source, null, null, Json.raw(payload.replace('\'', '"')),
        OffsetDateTime.parse("2026-01-01T00:00:00Z"), 7L, null), Instant.parse("2026-01-02T00:00:00Z")));
  }
}
