package io.agentbus.agent;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Ends a token at once. */
public record RevokeToken(
    @Field(value = "The token's id, as list_tokens answers it.", required = true, positional = 0) UUID tokenId,
    @Field(value = "Why, for the journal.", maxLength = AgentLimits.REASON) @Nullable String reason) {}
