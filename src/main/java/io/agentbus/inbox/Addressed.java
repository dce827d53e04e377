package io.agentbus.inbox;

import io.agentbus.agent.AgentRef;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A message ready to be written: everything that had to be looked up is resolved.
 *
 * @param sender who sent it, in full, when that is not the source
 * @param subscribed whether a subscription puts it there
 */
record Addressed(UUID id, AgentRef recipient, int namespaceId, String namespace, int priority, String title, String payload, String source,
    @Nullable String sender, @Nullable String threadId, @Nullable UUID replyTo, @Nullable String correlationKey, @Nullable String dedupeKey,
    @Nullable UUID sourceJobId, String actor, boolean subscribed) {}
