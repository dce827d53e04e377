package io.agentbus.webhook.in;

import io.agentbus.op.Field;

/** Names a source. */
public record SourceRef(
    @Field(value = "Name of the source.", required = true, pattern = SourceLimits.NAME, shape = SourceLimits.NAME_SHAPE, positional = 0,
        example = "\"github\"") String source) {}
