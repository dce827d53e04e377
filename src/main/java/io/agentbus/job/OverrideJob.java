package io.agentbus.job;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Names one job and why it is treated so; the reason is journalled. */
public record OverrideJob(
    @Field(value = "The job.", required = true, positional = 0) UUID jobId,
    @Field(value = "Why; kept in the journal.", maxLength = JobLimits.TEXT) @Nullable String reason) {}
