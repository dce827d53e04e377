package io.agentbus.memorybus;

import io.agentbus.op.Field;

/** How many candidates a recall had. */
public record RecallCandidates(
    @Field(value = "By words.", required = true) int fts,
    @Field(value = "By meaning.", required = true) int hnsw) {}
