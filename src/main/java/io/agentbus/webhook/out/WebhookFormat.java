package io.agentbus.webhook.out;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.event.Event;
import io.agentbus.op.Json;
import java.io.IOException;
import java.time.Instant;
import java.util.Locale;

/** What a body looks like. */
enum WebhookFormat {
  /** {@code {"type", "timestamp", "data"}} of Standard Webhooks: the event's topic, its time, and the event as get_event answers it. */
  STANDARD {
    @Override
    byte[] body(Event event, Instant deliveredAt) {
      var body = Json.MAPPER.createObjectNode().put("type", event.topic());
      body.set("timestamp", Json.MAPPER.valueToTree(event.createdAt()));
      return bytes(body.set("data", Json.MAPPER.valueToTree(event)));
    }
  },
  /**
   * What ai-memory posts: {@code {"event", "memory_id", "namespace", "agent_id", "delivered_at", ...}}, one flat object with the fields of the
   * payload behind. Of an event of the memory bus the first ones are those of its payload; a message is an entry of {@code _messages/<agent>} to
   * ai-memory; of any other event they are what the event itself says, whatever a caller has put into its payload.
   */
  AI_MEMORY {
    @Override
    byte[] body(Event event, Instant deliveredAt) {
      var payload = payload(event);
      var body = Json.MAPPER.createObjectNode();
      if (event.topic().startsWith("memory.")) {
        body.put("event", payload.path("event").asText(event.topic()));
        body.set("memory_id", payload.path("memory_id"));
        body.put("namespace", event.namespace());
        body.put("agent_id", payload.path("agent_id").asText(event.sourceAgent()));
      } else if (event.topic().equals("message.sent")) {
        body.put("event", "memory_store");
        body.set("memory_id", payload.path("message_id"));
        body.put("namespace", "_messages/" + payload.path("target").asText());
        body.put("agent_id", payload.path("source").asText(event.sourceAgent()));
      } else {
        body.put("event", event.topic());
        body.putNull("memory_id");
        body.put("namespace", event.namespace());
        body.put("agent_id", event.sourceAgent());
      }
      body.set("delivered_at", Json.MAPPER.valueToTree(deliveredAt));
      payload.properties().stream().filter(field -> !body.has(field.getKey())).forEach(field -> body.set(field.getKey(), field.getValue()));
      return bytes(body);
    }
  };

  /**
   * The bytes that are sent and signed.
   *
   * @param deliveredAt when it is sent: of this try
   */
  abstract byte[] body(Event event, Instant deliveredAt);

  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static WebhookFormat ofWire(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }

  /** The payload's fields, which the event may hold as text. */
  private static ObjectNode payload(Event event) {
    try {
      return Json.MAPPER.readTree(Json.MAPPER.writeValueAsBytes(event.payload())) instanceof ObjectNode object ? object
          : Json.MAPPER.createObjectNode();
    } catch (IOException e) {
      throw new IllegalStateException("the payload of event " + event.id() + " is no JSON", e);
    }
  }

  private static byte[] bytes(JsonNode body) {
    try {
      return Json.MAPPER.writeValueAsBytes(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a body cannot be written as JSON", e);
    }
  }
}
