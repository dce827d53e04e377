package io.agentbus.memorybus;

import io.agentbus.op.Field;

/** The index of meanings: there is none, so that nothing falls out of it. */
public record MemoryIndex(
    @Field(value = "Entries that fell out.", required = true) int evictionsTotal,
    @Field(value = "Whether some did lately.", required = true) boolean evictedRecently) {}
