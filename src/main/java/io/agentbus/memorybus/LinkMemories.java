package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Two entries that have to do with each other. */
public record LinkMemories(
    @Field(value = "Where the link begins.", required = true, positional = 0) UUID sourceId,
    @Field(value = "Where it leads.", required = true, positional = 1) UUID targetId,
    @Field(value = "What the one is to the other.", oneOf = {"related_to", "supersedes", "contradicts", "derived_from"}, def = "\"related_to\"") @Nullable String relation,
    @Field(value = "Since when it is so; absent = now.") @Nullable OffsetDateTime validFrom,
    @Field(value = "Until when it is so; absent = no end is known.") @Nullable OffsetDateTime validUntil) {}
