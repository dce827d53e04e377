package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.util.UUID;

/** Names a subscription. */
public record MemorySubscriptionRef(@Field(value = "Id of the subscription.", required = true, positional = 0) UUID id) {}
