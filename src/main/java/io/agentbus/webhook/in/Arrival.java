package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.cel.EventFacts;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Json;
import io.agentbus.op.Limits;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One webhook as routes see it.
 *
 * @param id null for one that is made up
 * @param payload whatever was sent, or a sketch of it
 * @param body all of it, where the payload is a sketch and the body is at hand
 * @param sketched whether the payload is a sketch
 */
record Arrival(@Nullable UUID id, String source, NamespacePath namespace, @Nullable String defaultAgent, String type, String topic, JsonNode headers,
    JsonNode payload, byte @Nullable [] body, boolean sketched, Instant receivedAt) {
  /** What wraps a payload nests this much deeper. */
  private static final int WRAPPING = 2;

  /** What expressions are evaluated over: the payload as the event has it, however large. */
  EventFacts facts() {
    return EventFacts.of(topic, namespace.value(), "source:" + source, null, receivedAt.atOffset(ZoneOffset.UTC), (JsonNode) object())
        .arrived(type, headers);
  }

  /** The payload of the event: what was sent, or where to find it when it is too large for an event. */
  ObjectNode eventPayload() {
    var object = object();
    return fits(object) ? object : leftOut();
  }

  /** The payload of a job or a message whose route says nothing of it. */
  ObjectNode usualPayload() {
    var usual = Json.MAPPER.createObjectNode().put("source", source).put("type", type);
    if (id != null) {
      usual.put("webhook_id", id.toString());
    }
    var object = object();
    return fits(object) ? usual.set("payload", object) : usual.setAll(leftOut());
  }

  private ObjectNode object() {
    return payload instanceof ObjectNode object ? object : Json.MAPPER.createObjectNode().set("value", payload);
  }

  private ObjectNode leftOut() {
    var note = Json.MAPPER.createObjectNode().put("payload_left_out", "it is too large; get_webhook has it");
    if (id != null) {
      note.put("webhook_id", id.toString());
    }
    return note;
  }

  private boolean fits(ObjectNode object) {
    // Some room for what stands around it.
    return !sketched && Trees.depth(object) + WRAPPING <= Json.MAX_DEPTH && Trees.bytes(object).length <= Limits.DEFAULT.payload() - 1_024;
  }
}
