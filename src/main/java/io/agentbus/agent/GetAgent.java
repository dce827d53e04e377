package io.agentbus.agent;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Which agent to show. */
public record GetAgent(
    @Field(value = "Its name, looked for in the namespace and then upwards, or its id.", required = true,
        maxLength = AgentLimits.NAME, positional = 0) String agent,
    @Field(value = "Where the name is meant; absent = the token's.", maxLength = AgentLimits.NAMESPACE,
        pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace) {}
