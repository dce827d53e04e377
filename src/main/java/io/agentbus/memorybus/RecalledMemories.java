package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was recalled. */
public record RecalledMemories(
    @Field(value = "The entries, best first, each with its score.", required = true) List<MemoryEntry> memories,
    @Field(value = "How many.", required = true) int count,
    @Field(value = "How they were found.", required = true) String mode,
    @Field(value = "Tokens of four characters that the entries make.", required = true) int tokensUsed,
    @Field(value = "The budget that was given.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer budgetTokens,
    @Field(value = "How the answer came about.", required = true) RecallMeta meta,
    @Field(value = "The form of this answer.", required = true) String format) {}
