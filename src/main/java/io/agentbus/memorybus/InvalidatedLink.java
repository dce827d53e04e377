package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What came of ending a link. */
public record InvalidatedLink(
    @Field(value = "Whether there is such a link.", required = true) boolean found,
    @Field(value = "Where it begins.", required = true) UUID sourceId,
    @Field(value = "Where it leads.", required = true) UUID targetId,
    @Field(value = "What the one was to the other.", required = true) String relation,
    @Field(value = "Until when it was so.") @Nullable OffsetDateTime validUntil,
    @Field(value = "The end that was known before.") @Nullable OffsetDateTime previousValidUntil) {}
