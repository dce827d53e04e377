package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.util.List;

/** Queued actions. */
public record ListedPending(
    @Field(value = "How many.", required = true) int count,
    @Field(value = "The actions, the newest first.", required = true) List<PendingAction> pending) {}
