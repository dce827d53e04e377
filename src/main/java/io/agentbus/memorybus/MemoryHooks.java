package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.util.List;

/** Webhooks as they are now. */
public record MemoryHooks(
    @Field(value = "Subscriptions of the caller that send webhooks.", required = true) int registeredCount,
    @Field(value = "What can be subscribed to.", required = true) List<String> webhookEvents) {}
