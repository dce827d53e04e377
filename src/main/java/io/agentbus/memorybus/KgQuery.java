package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How far to follow links. */
public record KgQuery(
    @Field(value = "The entry to begin at.", required = true, positional = 0) UUID sourceId,
    @Field(value = "Most links on the way.", min = 1, max = 5, def = "1") @Nullable Integer maxDepth,
    @Field(value = "Only links valid at this time; absent = any.") @Nullable OffsetDateTime validAt,
    @Field(value = "Only links that one of these has made; absent = anybody.", maxItems = 100, maxLength = 128) @Nullable List<String> allowedAgents,
    @Field(value = "Most entries; taken as 1 when less and as 1000 when more.", def = "200") @Nullable Integer limit) {}
