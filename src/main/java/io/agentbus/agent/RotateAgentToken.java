package io.agentbus.agent;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Gives an agent a new token. */
public record RotateAgentToken(
    @Field(value = "Its name or id; absent = the caller itself.", maxLength = AgentLimits.NAME, positional = 0)
        @Nullable String agent,
    @Field(value = "Where the name is meant; absent = the token's.", maxLength = AgentLimits.NAMESPACE,
        pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "How long older tokens go on being valid, in seconds; 0 = not at all.", min = 0,
        max = AgentLimits.OVERLAP_SECONDS, def = "300") @Nullable Integer overlapSeconds) {}
