package io.agentbus.subscription;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription wants.
 *
 * @param namespaceId where its owner lives
 * @param position events up to here are not wanted
 * @param fromTime events stated earlier are not wanted
 */
record Definition(UUID id, int namespaceId, String owner, String topic, String namespaces, @Nullable String sourceAgent, @Nullable String filter,
    Target target, JsonNode settings, boolean ordered, int inFlightMax, long position, @Nullable OffsetDateTime fromTime) {

  /** The same for events whenever they were stated. */
  Definition whenever() {
    return new Definition(id, namespaceId, owner, topic, namespaces, sourceAgent, filter, target, settings, ordered, inFlightMax, -1, null);
  }

  /** How the journal names what it does. */
  String actor() {
    return "subscription:" + id;
  }
}
