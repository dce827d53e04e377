package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A link as a timeline tells it. */
public record KgEvent(
    @Field(value = "Where it leads.", required = true) UUID targetId,
    @Field(value = "What the source is to it.", required = true) String relation,
    @Field(value = "Since when it is so.", required = true) OffsetDateTime validFrom,
    @Field(value = "Until when it is so; null = no end is known.") @Nullable OffsetDateTime validUntil,
    @Field(value = "Who said so.", required = true) String observedBy,
    @Field(value = "Title of the entry there.", required = true) String title,
    @Field(value = "Namespace of the entry there.", required = true) String targetNamespace) {}
