package io.agentbus.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.event.EmitEvent;
import io.agentbus.inbox.Notify;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The worker's word that the work is done, with whatever follows from it in the same commit. */
public record CompleteJob(
    @Field(value = "The job.", required = true, positional = 0) UUID jobId,
    @Field(value = "Fence of the attempt, from the claim.", required = true, min = 1) Long fence,
    @Field(value = "What came of it, a JSON object.", limit = Limit.RESULT, def = "{}") @Nullable ObjectNode result,
    @Field(value = "What was done, for people.", maxLength = JobLimits.SUMMARY) @Nullable String summary,
    @Field(value = "Jobs that follow, enqueued in the same commit.", limit = Limit.BULK) @Nullable List<EnqueueJob> followUps,
    @Field(value = "Events emitted in the same commit.", limit = Limit.BULK) @Nullable List<EmitEvent> events,
    @Field(value = "Messages sent in the same commit; where an inbox is full, the whole is refused and may be said again.", limit = Limit.BULK)
        @Nullable List<Notify> messages,
    @Field(value = "Reference of the agent runtime's task.", maxLength = JobLimits.KEY) @Nullable String openclawTaskRef,
    @Field(value = "Session key of the agent runtime.", maxLength = JobLimits.KEY) @Nullable String openclawSessionKey)
    implements Closing {}
