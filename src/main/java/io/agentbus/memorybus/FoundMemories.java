package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.util.List;

/** What was found. */
public record FoundMemories(
    @Field(value = "The entries, best first.", required = true) List<MemoryEntry> results,
    @Field(value = "How many.", required = true) int count,
    @Field(value = "The form of this answer.", required = true) String format) {}
