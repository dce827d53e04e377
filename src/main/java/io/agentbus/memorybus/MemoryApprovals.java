package io.agentbus.memorybus;

import io.agentbus.op.Field;

/** What waits for approval. */
public record MemoryApprovals(@Field(value = "How many actions.", required = true) int pendingRequests) {}
