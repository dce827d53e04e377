package io.agentbus.agent;

import io.agentbus.namespace.NamespacePath;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What handing out work needs to know of an agent. May be a second old: statements that must be exact look again.
 *
 * @param agentNo its number in the database
 * @param concurrency most live leases; null = not limited
 * @param desired what an operator wants: {@code active}, {@code draining} or {@code disabled}
 * @param paused whether a pause names it
 * @param channel how work reaches it
 */
public record AgentRef(int agentNo, UUID id, NamespacePath namespace, String name, @Nullable Integer concurrency,
    List<String> tags, List<String> capabilities, String desired, boolean paused, String channel) {}
