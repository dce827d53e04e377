package io.agentbus.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import io.agentbus.op.Made;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A job as every operation answers it. */
public record Job(
    @Field(value = "Id.", required = true) UUID id,
    @Field(value = "Namespace.", required = true) String namespace,
    @Field(value = "Where it stands.", required = true) JobStatus status,
    @Field(value = "Agent it is for.") @Nullable String targetAgent,
    @Field(value = "Capability it is for.") @Nullable String targetCapability,
    @Field(value = "Tag it is for.") @Nullable String targetTag,
    @Field(value = "What is to be done.", required = true) String subject,
    @Field(value = "Kind of work.", required = true) String jobType,
    @Field(value = "Lane.", required = true) Lane lane,
    @Field(value = "Priority; higher goes first.", required = true) int priority,
    @Field(value = "What the worker needs.", required = true) JsonNode payload,
    @Field(value = "The job's working state.", required = true) JsonNode state,
    @Field(value = "What came of it; {} until it succeeded.", required = true) JsonNode result,
    @Field(value = "The worker's last summary.") @Nullable String summary,
    @Field(value = "Why the last attempt failed.") @Nullable String lastError,
    @Field(value = "Why it is blocked.") @Nullable String blockedReason,
    @Field(value = "What it needs to go on.") @Nullable String needs,
    @Field(value = "From whom.") @Nullable String needsFrom,
    @Field(value = "When the block is looked at again.") @Nullable OffsetDateTime reviewAt,
    @Field(value = "Fence of the open attempt, or of the one that ended the job. Every worker verb must carry it.") @Nullable Long fence,
    @Field(value = "Attempts used up, the open one included.", required = true) int attemptCount,
    @Field(value = "Attempts that may be used up.", required = true) int maxAttempts,
    @Field(value = "Who holds the lease, as namespace/name.") @Nullable String leaseOwner,
    @Field(value = "When the lease was taken.") @Nullable OffsetDateTime leasedAt,
    @Field(value = "When the lease ends unless renewed.") @Nullable OffsetDateTime leasedUntil,
    @Field(value = "When the worker said it runs.") @Nullable OffsetDateTime startedAt,
    @Field(value = "Longest an attempt may last, in seconds.") @Nullable Integer timeoutSeconds,
    @Field(value = "How long an attempt should take, in seconds.") @Nullable Integer expectedSeconds,
    @Field(value = "Earliest time of the next attempt.", required = true) OffsetDateTime runAfter,
    @Field(value = "Who asked for it.", required = true) String sourceAgent,
    @Field(value = "The job it follows from.") @Nullable UUID parentJobId,
    @Field(value = "Flow.") @Nullable String flowKey,
    @Field(value = "Correlation.") @Nullable String correlationKey,
    @Field(value = "Dedupe key.") @Nullable String dedupeKey,
    @Field(value = "The worker's last word on progress.") @Nullable JsonNode progress,
    @Field(value = "When it was said.") @Nullable OffsetDateTime progressAt,
    @Field(value = "Reference of the agent runtime's task.") @Nullable String openclawTaskRef,
    @Field(value = "Session key of the agent runtime.") @Nullable String openclawSessionKey,
    @Field(value = "What the agent runtime noted.", required = true) JsonNode openclawMeta,
    @Field(value = "When it was enqueued.", required = true) OffsetDateTime createdAt,
    @Field(value = "When it last changed.", required = true) OffsetDateTime updatedAt,
    @Field(value = "When it ended.") @Nullable OffsetDateTime completedAt,
    @Field(value = "Only in answers to enqueue: whether this is an active job that was there before.")
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean duplicate,
    @Field(value = "Only where there is something to say: what the caller should know.")
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<String> warnings) implements Made {}
