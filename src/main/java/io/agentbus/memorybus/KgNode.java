package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An entry that links lead to. */
public record KgNode(
    @Field(value = "Its id.", required = true) UUID targetId,
    @Field(value = "The last link on the way.", required = true) String relation,
    @Field(value = "Since when that is so.", required = true) OffsetDateTime validFrom,
    @Field(value = "Until when that is so; null = no end is known.") @Nullable OffsetDateTime validUntil,
    @Field(value = "Who said so.", required = true) String observedBy,
    @Field(value = "Its title.", required = true) String title,
    @Field(value = "Its namespace.", required = true) String targetNamespace,
    @Field(value = "Links on the way.", required = true) int depth,
    @Field(value = "The ids on the way.", required = true) String path) {}
