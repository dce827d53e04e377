package io.agentbus.agent;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Ends all tokens of an agent at once. */
public record RevokeAgentToken(
    @Field(value = "Its name or id.", required = true, maxLength = AgentLimits.NAME, positional = 0) String agent,
    @Field(value = "Where the name is meant; absent = the token's.", maxLength = AgentLimits.NAMESPACE,
        pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "Why, for the journal.", maxLength = AgentLimits.REASON) @Nullable String reason) {}
