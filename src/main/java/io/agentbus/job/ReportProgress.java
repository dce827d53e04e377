package io.agentbus.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How far the work is. Kept on the job, not journalled. */
public record ReportProgress(
    @Field(value = "The job.", required = true, positional = 0) UUID jobId,
    @Field(value = "Fence of the attempt, from the claim.", required = true, min = 1) Long fence,
    @Field(value = "How far, as a JSON object such as {\"done\": 3, \"of\": 10}.", required = true, maxBytes = 65_536) ObjectNode progress,
    @Field(value = "Replaces the job's working state.", limit = Limit.PAYLOAD) @Nullable ObjectNode state,
    @Field(value = "What is being done.", maxLength = JobLimits.SUMMARY) @Nullable String summary) {}
