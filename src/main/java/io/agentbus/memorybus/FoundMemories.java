package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was found. */
public record FoundMemories(
    @Field(value = "The entries, best first.", required = true) List<MemoryEntry> results,
    @Field(value = "How many.", required = true) int count,
    @Field(value = "The form of this answer.", required = true) String format,
    @Field(value = "True when there is more that this answer had no room for: it ends with 8 MiB. Ask for fewer.")
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean truncated) {}
