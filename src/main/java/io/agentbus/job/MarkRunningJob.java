package io.agentbus.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The worker's word that it has begun. */
public record MarkRunningJob(
    @Field(value = "The job.", required = true, positional = 0) UUID jobId,
    @Field(value = "Fence of the attempt, from the claim.", required = true, min = 1) Long fence,
    @Field(value = "What is being done.", maxLength = JobLimits.SUMMARY) @Nullable String summary,
    @Field(value = "Reference of the agent runtime's task.", maxLength = JobLimits.KEY) @Nullable String openclawTaskRef,
    @Field(value = "Session key of the agent runtime.", maxLength = JobLimits.KEY) @Nullable String openclawSessionKey,
    @Field(value = "What the agent runtime wants kept, a JSON object.", maxBytes = 65_536) @Nullable ObjectNode openclawMeta) {}
