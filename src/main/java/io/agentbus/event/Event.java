package io.agentbus.event;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An event as every operation answers it. */
public record Event(
    @Field(value = "Id.", required = true) UUID id,
    @Field(value = "Namespace.", required = true) String namespace,
    @Field(value = "Topic.", required = true) String topic,
    @Field(value = "Who stated it.", required = true) String sourceAgent,
    @Field(value = "The job it comes from.") @Nullable UUID sourceJobId,
    @Field(value = "Dedupe key.") @Nullable String dedupeKey,
    @Field(value = "What there is to know.", required = true) JsonNode payload,
    @Field(value = "When it was stated.", required = true) OffsetDateTime createdAt,
    @Field(value = "Its place in the order of all events; null for a moment after it was stated.") @Nullable Long position,
    @Field(value = "Only in answers to emit_event: whether this is an event that was there before.")
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean duplicate) {}
