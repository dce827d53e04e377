package io.agentbus.subscription;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.agentbus.event.Event;
import io.agentbus.op.Json;
import java.util.UUID;

/**
 * One telling, as a target gets it.
 *
 * @param id the same for every try and every replay: {@code webhook-id}
 * @param subscriptionId whose it is
 * @param event what is told
 * @param tries how many counted tries there were before this one
 * @param replays how often it was asked for again
 */
public record Delivery(UUID id, UUID subscriptionId, Event event, int tries, int replays) {
  /** The event as {@code get_event} answers it: JSON in UTF-8. */
  public byte[] json() {
    try {
      return Json.MAPPER.writeValueAsBytes(event);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("event " + event.id() + " cannot be written as JSON", e);
    }
  }
}
