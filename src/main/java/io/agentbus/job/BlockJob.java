package io.agentbus.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.event.EmitEvent;
import io.agentbus.inbox.Notify;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The worker's word that it cannot go on until something changes. The attempt is not counted. */
public record BlockJob(
    @Field(value = "The job.", required = true, positional = 0) UUID jobId,
    @Field(value = "Fence of the attempt, from the claim.", required = true, min = 1) Long fence,
    @Field(value = "What is missing, exactly.", required = true, maxLength = JobLimits.TEXT, pattern = "\\S", shape = "a text that is not blank")
        String blockedReason,
    @Field(value = "What would clear it.", maxLength = JobLimits.TEXT) @Nullable String needs,
    @Field(value = "Who can clear it: an agent or a role.", maxLength = JobLimits.KEY) @Nullable String needsFrom,
    @Field(value = "Look at it again after so many seconds; absent = only when someone unblocks it.", min = 1, max = JobLimits.SECONDS)
        @Nullable Integer reviewAfterSeconds,
    @Field(value = "What happens at the review.", oneOf = {"requeue", "dead"}, def = "\"requeue\"") @Nullable String onReview,
    @Field(value = "What was done, for people.", maxLength = JobLimits.SUMMARY) @Nullable String summary,
    @Field(value = "What there is to keep, a JSON object.", limit = Limit.RESULT) @Nullable ObjectNode result,
    @Field(value = "Jobs that follow, enqueued in the same commit.", limit = Limit.BULK) @Nullable List<EnqueueJob> followUps,
    @Field(value = "Events emitted in the same commit.", limit = Limit.BULK) @Nullable List<EmitEvent> events,
    @Field(value = "Messages sent in the same commit; where an inbox is full, the whole is refused and may be said again.", limit = Limit.BULK)
        @Nullable List<Notify> messages,
    @Field(value = "Reference of the agent runtime's task.", maxLength = JobLimits.KEY) @Nullable String openclawTaskRef,
    @Field(value = "Session key of the agent runtime.", maxLength = JobLimits.KEY) @Nullable String openclawSessionKey)
    implements Closing {}
