package io.agentbus.job;

import io.agentbus.op.Field;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reopens a job that failed, is dead or was cancelled; the count of attempts starts anew. */
public record RetryJob(
    @Field(value = "The job.", required = true, positional = 0) UUID jobId,
    @Field(value = "Earliest time; absent = now.") @Nullable Instant runAfter,
    @Field(value = "Why; kept in the journal.", maxLength = JobLimits.TEXT) @Nullable String reason) {}
