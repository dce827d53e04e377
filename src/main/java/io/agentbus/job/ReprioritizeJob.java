package io.agentbus.job;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Changes a job's place in its line. */
public record ReprioritizeJob(
    @Field(value = "The job.", required = true, positional = 0) UUID jobId,
    @Field(value = "1 to 1000; higher goes first.", required = true, min = 1, max = 1000) Integer priority,
    @Field(value = "Why; kept in the journal.", maxLength = JobLimits.TEXT) @Nullable String reason) {}
