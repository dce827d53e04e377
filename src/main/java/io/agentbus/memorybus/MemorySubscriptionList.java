package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.util.List;

/** The caller's subscriptions to the memory bus. */
public record MemorySubscriptionList(
    @Field(value = "How many.", required = true) int count,
    @Field(value = "The subscriptions, oldest first.", required = true) List<MemorySubscription> subscriptions) {}
