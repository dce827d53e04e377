package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Whose links to tell in the order of their time. */
public record KgTimeline(
    @Field(value = "The entry where they begin.", required = true, positional = 0) UUID sourceId,
    @Field(value = "Only links valid from this time or later.") @Nullable OffsetDateTime since,
    @Field(value = "Only links valid from this time or earlier.") @Nullable OffsetDateTime until,
    @Field(value = "Most links; taken as 1 when less and as 1000 when more.", def = "200") @Nullable Integer limit) {}
