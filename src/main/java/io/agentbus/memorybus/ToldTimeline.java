package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.util.List;
import java.util.UUID;

/** Links in the order of their time. */
public record ToldTimeline(
    @Field(value = "The entry where they begin.", required = true) UUID sourceId,
    @Field(value = "The links, the oldest first.", required = true) List<KgEvent> events,
    @Field(value = "How many.", required = true) int count) {}
