package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.util.UUID;

/** What came of ending a subscription. */
public record MemoryUnsubscribed(
    @Field(value = "Id of the subscription.", required = true) UUID id,
    @Field(value = "Whether it was there and the caller's.", required = true) boolean removed) {}
