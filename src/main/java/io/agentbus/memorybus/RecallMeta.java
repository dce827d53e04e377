package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** How an answer of memory_recall came about. */
public record RecallMeta(
    @Field(value = "What was searched by.", required = true) String recallMode,
    @Field(value = "What put the candidates in order.", required = true) String rerankerUsed,
    @Field(value = "How many candidates there were.", required = true) RecallCandidates candidateCounts,
    @Field(value = "Weight of meaning against words.", required = true) double blendWeight,
    @Field(value = "Tokens used of the budget.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer budgetTokensUsed,
    @Field(value = "Tokens left of the budget.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer budgetTokensRemaining,
    @Field(value = "Entries left out for the budget.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer memoriesDropped,
    @Field(value = "Whether the first entry alone is more than the budget.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean budgetOverflow) {}
