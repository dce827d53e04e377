package io.agentbus.job;

import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;

/** Progress was kept. */
public record ReportedProgress(
    @Field(value = "The job.", required = true) UUID id,
    @Field(value = "The fence.", required = true) long fence,
    @Field(value = "When it was kept.", required = true) OffsetDateTime progressAt) {}
