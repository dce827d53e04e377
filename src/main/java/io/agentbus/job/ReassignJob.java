package io.agentbus.job;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Addresses a job that nobody holds to somebody else; a blocked one is queued again. Give exactly one target. */
public record ReassignJob(
    @Field(value = "The job.", required = true, positional = 0) UUID jobId,
    @Field(value = "The agent that must do it now.", pattern = JobLimits.AGENT, shape = JobLimits.AGENT_SHAPE) @Nullable String targetAgent,
    @Field(value = "Any agent with this capability may do it now.", pattern = JobLimits.AGENT, shape = JobLimits.AGENT_SHAPE)
        @Nullable String targetCapability,
    @Field(value = "Any agent with this tag may do it now.", pattern = JobLimits.AGENT, shape = JobLimits.AGENT_SHAPE) @Nullable String targetTag,
    @Field(value = "Why; kept in the journal.", maxLength = JobLimits.TEXT) @Nullable String reason) {}
