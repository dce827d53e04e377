package io.agentbus.memorybus;

import io.agentbus.agent.AgentName;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What an agent says of itself. */
public record MemoryAgentRegister(
    @Field(value = "Name of the agent.", required = true, maxLength = 128, pattern = AgentName.PATTERN, shape = AgentName.SHAPE, positional = 0) String agentId,
    @Field(value = "What it is.", required = true, maxLength = 64, pattern = "^(human|system|ai:[a-z0-9][a-z0-9._-]*)$",
        shape = "human, system, or ai: and the name of a model such as ai:claude-opus-4.7", example = "\"system\"", positional = 1) String agentType,
    @Field(value = "What it can do.", maxItems = 50, maxLength = 128) @Nullable List<String> capabilities,
    @Field(value = "Where the agent is, or is made by an operator's call when it is not there; absent = wherever the caller sees just one of that name, and"
        + " else its own namespace.", maxLength = 512, pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace) {}
