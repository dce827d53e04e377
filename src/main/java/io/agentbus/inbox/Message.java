package io.agentbus.inbox;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A message as every operation answers it. */
public record Message(
    @Field(value = "Id.", required = true) UUID id,
    @Field(value = "Who sent it, by its token.", required = true) String from,
    @Field(value = "The same in full, where two may bear one name: agent:acme/devops, token:ci.", required = true) String sentBy,
    @Field(value = "Whose message it is; another than from only where an operator acted for an agent.", required = true) String sourceAgent,
    @Field(value = "The agent it is for.", required = true) String to,
    @Field(value = "Namespace.", required = true) String namespace,
    @Field(value = "What it is about.", required = true) String title,
    @Field(value = "What there is to know.", required = true) JsonNode payload,
    @Field(value = "1 to 10; higher is read first.", required = true) int priority,
    @Field(value = "The conversation it belongs to.") @Nullable String threadId,
    @Field(value = "The message it answers.") @Nullable UUID replyTo,
    @Field(value = "Ties it to a thing elsewhere.") @Nullable String correlationKey,
    @Field(value = "Dedupe key.") @Nullable String dedupeKey,
    @Field(value = "The job it comes from.") @Nullable UUID sourceJobId,
    @Field(value = "Its place in the order in which messages came into that inbox: 1, 2, 3 and so on.", required = true) long arrival,
    @Field(value = "When it was sent.", required = true) OffsetDateTime createdAt,
    @Field(value = "Until when its recipient put it off; null when that was never done or it was acknowledged.")
        @Nullable OffsetDateTime deferredUntil,
    @Field(value = "When it was acknowledged; null while it waits.") @Nullable OffsetDateTime ackedAt,
    @Field(value = "Who acknowledged it.") @Nullable String ackedBy,
    @Field(value = "What the acknowledgement said came of it; null while it waits.") @Nullable JsonNode result,
    @Field(value = "Only in answers to notify: whether this is a message that was there before.")
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean duplicate) {}
