package io.agentbus.job;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Gives the job back without using up an attempt. */
public record ReleaseJob(
    @Field(value = "The job.", required = true, positional = 0) UUID jobId,
    @Field(value = "Fence of the attempt, from the claim.", required = true, min = 1) Long fence,
    @Field(value = "Earliest next attempt, in seconds from now.", min = 0, max = JobLimits.SECONDS, def = "0") @Nullable Integer delaySeconds,
    @Field(value = "Why.", maxLength = JobLimits.TEXT) @Nullable String reason) {}
