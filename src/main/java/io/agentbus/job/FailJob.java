package io.agentbus.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.event.EmitEvent;
import io.agentbus.inbox.Notify;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The worker's word that the attempt failed. {@code retry_seconds} or {@code retry: true} queues the job again while attempts are
 * left, else it is dead; neither means that it can never work: failed.
 */
public record FailJob(
    @Field(value = "The job.", required = true, positional = 0) UUID jobId,
    @Field(value = "Fence of the attempt, from the claim.", required = true, min = 1) Long fence,
    @Field(value = "What went wrong.", required = true, maxLength = JobLimits.SUMMARY, pattern = "\\S", shape = "a text that is not blank")
        String lastError,
    @Field(value = "Try again after the policy's back-off.", def = "false") @Nullable Boolean retry,
    @Field(value = "Try again after so many seconds; 0 = now.", min = 0, max = JobLimits.SECONDS) @Nullable Integer retrySeconds,
    @Field(value = "What was done, for people.", maxLength = JobLimits.SUMMARY) @Nullable String summary,
    @Field(value = "What there is to keep, a JSON object.", limit = Limit.RESULT) @Nullable ObjectNode result,
    @Field(value = "Jobs that follow, enqueued in the same commit.", limit = Limit.BULK) @Nullable List<EnqueueJob> followUps,
    @Field(value = "Events emitted in the same commit.", limit = Limit.BULK) @Nullable List<EmitEvent> events,
    @Field(value = "Messages sent in the same commit; where an inbox is full, the whole is refused and may be said again.", limit = Limit.BULK)
        @Nullable List<Notify> messages,
    @Field(value = "Reference of the agent runtime's task.", maxLength = JobLimits.KEY) @Nullable String openclawTaskRef,
    @Field(value = "Session key of the agent runtime.", maxLength = JobLimits.KEY) @Nullable String openclawSessionKey)
    implements Closing {

  /** Whether the worker wants another attempt. */
  boolean again() {
    return retrySeconds != null || Boolean.TRUE.equals(retry);
  }
}
