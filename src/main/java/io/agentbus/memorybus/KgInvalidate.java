package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A link that is not so any more. */
public record KgInvalidate(
    @Field(value = "Where it begins.", required = true, positional = 0) UUID sourceId,
    @Field(value = "Where it leads.", required = true, positional = 1) UUID targetId,
    @Field(value = "What the one was to the other.", required = true, oneOf = {"related_to", "supersedes", "contradicts", "derived_from"}, positional = 2) String relation,
    @Field(value = "Until when it was so; absent = now.") @Nullable OffsetDateTime validUntil) {}
