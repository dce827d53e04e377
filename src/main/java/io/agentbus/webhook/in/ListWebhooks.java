package io.agentbus.webhook.in;

import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import org.jspecify.annotations.Nullable;

/** Which webhooks to list. */
public record ListWebhooks(
    @Field(value = "Name of the source.", required = true, pattern = SourceLimits.NAME, shape = SourceLimits.NAME_SHAPE, positional = 0,
        example = "\"github\"") String source,
    @Field(value = "Only those that stand so.", oneOf = {"accepted", "routed", "dead", "replaced"}) @Nullable String status,
    @Field(value = "Where the page before ended.", maxLength = 200) @Nullable String cursor,
    @Field(value = "Webhooks of a page.", min = 1, limit = Limit.PAGE) @Nullable Integer limit) {}
