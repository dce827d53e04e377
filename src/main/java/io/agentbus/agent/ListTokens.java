package io.agentbus.agent;

import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import org.jspecify.annotations.Nullable;

/** Which tokens to list. */
public record ListTokens(
    @Field(value = "Only those of this kind.", oneOf = {"operator", "service", "agent", "join"}) @Nullable String kind,
    @Field(value = "Also those that are used, expired or revoked.", def = "false") @Nullable Boolean includeEnded,
    @Field(value = "Most tokens to answer.", min = 1, limit = Limit.PAGE) @Nullable Integer limit,
    @Field(value = "The next of the page before.", maxLength = AgentLimits.CURSOR) @Nullable String cursor) {}
