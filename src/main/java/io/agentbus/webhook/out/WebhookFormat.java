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
   * What ai-memory posts: {@code {"event", "memory_id", "namespace", "agent_id", "delivered_at", ...}}, one flat object. Its names come from
   * the payload where that has them; {@code event} is else the topic, and the others what the event itself says.
   */
  AI_MEMORY {
    @Override
    byte[] body(Event event, Instant deliveredAt) {
      var payload = payload(event);
      var body = Json.MAPPER.createObjectNode();
      body.put("event", event.topic());
      body.putNull("memory_id");
      body.put("namespace", event.namespace());
      body.put("agent_id", event.sourceAgent());
      body.set("delivered_at", Json.MAPPER.valueToTree(deliveredAt));
      payload.properties().forEach(field -> body.set(field.getKey(), field.getValue()));
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
