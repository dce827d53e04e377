package io.agentbus.subscription;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.cel.EventFacts;
import io.agentbus.event.Event;
import io.agentbus.op.Json;
import java.io.IOException;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An event on its way to subscribers.
 *
 * @param journalId the journal row that gave it its position
 * @param payload JSON text
 */
record Happened(long position, long journalId, UUID id, String namespace, String topic, String sourceAgent, @Nullable UUID sourceJobId,
    @Nullable String dedupeKey, String payload, OffsetDateTime createdAt) {

  /** An event as it was read before; its payload is text again. */
  static Happened of(Event event) {
    return new Happened(event.position() == null ? 0 : event.position(), 0, event.id(), event.namespace(), event.topic(), event.sourceAgent(),
        event.sourceJobId(), event.dedupeKey(), Json.text(event.payload()), event.createdAt());
  }

  Event event() {
    return new Event(id, namespace, topic, sourceAgent, sourceJobId, dedupeKey, Json.raw(payload), createdAt, position, null);
  }

  /** The event as {@code get_event} answers it. */
  ObjectNode tree() {
    try {
      return (ObjectNode) Json.MAPPER.readTree(Json.MAPPER.writeValueAsBytes(event()));
    } catch (IOException e) {
      throw new IllegalStateException("event " + id + " cannot be written as JSON", e);
    }
  }

  /** Without its payload, to be held in numbers. */
  Happened bare() {
    return new Happened(position, journalId, id, namespace, topic, sourceAgent, sourceJobId, dedupeKey, "null", createdAt);
  }

  /** For expressions; made anew each time, because it serves one thread. */
  EventFacts facts() {
    return EventFacts.of(topic, namespace, sourceAgent, sourceJobId, createdAt, payload);
  }
}
