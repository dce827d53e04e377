package io.agentbus.subscription;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A subscription as every operation answers it. */
public record Subscription(
    @Field(value = "Id.", required = true) UUID id,
    @Field(value = "Whose it is, in full.", required = true) String owner,
    @Field(value = "Topic.", required = true) String topic,
    @Field(value = "Namespace of the events.", required = true) String namespace,
    @Field("Who must have stated them.") @Nullable String sourceAgent,
    @Field("The expression.") @Nullable String filter,
    @Field(value = "Where they go.", required = true) Target to,
    @Field(value = "What the target was given, and for a webhook how it fares.", required = true) JsonNode settings,
    @Field(value = "Whether one is delivered at a time, in order.", required = true) boolean ordered,
    @Field(value = "Deliveries under way at once.", required = true) int concurrency,
    @Field("What it is for.") @Nullable String description,
    @Field(value = "Whether it is served.", required = true) SubscriptionStatus status,
    @Field("Why it is not active, or is held.") @Nullable String reason,
    @Field(value = "Since when it has this status.", required = true) OffsetDateTime statusSince,
    @Field(value = "Whether events are handed out to it as they come; if not, it has some to catch up with, is not active, or is a stream.",
        required = true) boolean live,
    @Field(value = "Events up to this position were looked at.", required = true) long position,
    @Field("Events up to this position were removed before it could look at them; null = it missed none.") @Nullable Long missedBefore,
    @Field(value = "Deliveries that wait or are under way, counted up to 10,000.", required = true) long pending,
    @Field(value = "Dead letters, counted up to 10,000.", required = true) long dead,
    @Field(value = "When it was made.", required = true) OffsetDateTime createdAt,
    @Field(value = "Only in answers to subscribe and of a webhook: the secret with which it is signed. It is not told again.", secret = true)
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String secret) {

  /** The same with other settings of its target. */
  Subscription withSettings(JsonNode others) {
    return new Subscription(id, owner, topic, namespace, sourceAgent, filter, to, others, ordered, concurrency, description, status, reason, statusSince, live,
        position, missedBefore, pending, dead, createdAt, secret);
  }
}
