package io.agentbus.job;

import io.agentbus.op.Field;
import java.util.List;
import java.util.UUID;

/** What a sweep did. */
public record SweptLeases(
    @Field(value = "Jobs queued again.", required = true) List<UUID> requeued,
    @Field(value = "Jobs that had used up their attempts.", required = true) List<UUID> dead) {}
