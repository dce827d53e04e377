package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.util.List;

/** Some entries. */
public record ListedMemories(
    @Field(value = "The entries: those that matter most first, then the newest.", required = true) List<MemoryEntry> memories,
    @Field(value = "How many.", required = true) int count,
    @Field(value = "The form of this answer.", required = true) String format) {}
