package io.agentbus.memorybus;

import io.agentbus.op.Field;

/** Models that the memory bus uses. */
public record MemoryModels(
    @Field(value = "Turns text into meaning.", required = true) String embedding,
    @Field(value = "Numbers of a meaning.", required = true) int embeddingDim,
    @Field(value = "Writes text.", required = true) String llm,
    @Field(value = "Puts candidates in order.", required = true) String crossEncoder) {}
