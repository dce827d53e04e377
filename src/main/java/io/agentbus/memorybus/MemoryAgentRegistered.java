package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.util.List;
import java.util.UUID;

/** An agent that is known to the memory bus. */
public record MemoryAgentRegistered(
    @Field(value = "Always true.", required = true) boolean registered,
    @Field(value = "Id of the agent.", required = true) UUID id,
    @Field(value = "Name of the agent.", required = true) String agentId,
    @Field(value = "What it is.", required = true) String agentType,
    @Field(value = "What it can do.", required = true) List<String> capabilities) {}
