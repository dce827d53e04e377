package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;

/** A link between two entries. */
public record MemoryLink(
    @Field(value = "Where it begins.", required = true) UUID sourceId,
    @Field(value = "Where it leads.", required = true) UUID targetId,
    @Field(value = "What the one is to the other.", required = true) String relation,
    @Field(value = "When it was made.", required = true) OffsetDateTime createdAt) {}
