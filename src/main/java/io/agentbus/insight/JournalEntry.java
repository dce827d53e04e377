package io.agentbus.insight;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One row of the journal: who changed what. */
public record JournalEntry(
    @Field(value = "Its place in the order of commits; null for a moment after the commit.") @Nullable Long position,
    @Field(value = "When.", required = true) OffsetDateTime at,
    @Field(value = "Namespace; null for what concerns the whole bus.") @Nullable String namespace,
    @Field(value = "The job.") @Nullable UUID jobId,
    @Field(value = "Who.", required = true) String actor,
    @Field(value = "What was done, mostly the name of an operation.", required = true) String action,
    @Field(value = "State of the job before.") @Nullable String fromState,
    @Field(value = "State of the job after.") @Nullable String toState,
    @Field(value = "Fence of the attempt.") @Nullable Long fence,
    @Field(value = "Number of the attempt.") @Nullable Integer attempt,
    @Field(value = "What else is worth knowing.") @Nullable JsonNode detail) {}
