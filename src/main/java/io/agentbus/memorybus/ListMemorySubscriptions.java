package io.agentbus.memorybus;

/** Lists the caller's subscriptions to the memory bus. */
public record ListMemorySubscriptions() {}
