package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.util.List;
import java.util.UUID;

/** Entries that links lead to. */
public record KgNodes(
    @Field(value = "Where the links begin.", required = true) UUID sourceId,
    @Field(value = "Most links on the way.", required = true) int maxDepth,
    @Field(value = "The entries, the nearest first.", required = true) List<KgNode> memories,
    @Field(value = "The ways to them.", required = true) List<String> paths,
    @Field(value = "How many.", required = true) int count) {}
