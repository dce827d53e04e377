package io.agentbus.subscription;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A delivery as operations answer it. */
public record ListedDelivery(
    @Field(value = "Id, the same for every try and replay: the webhook-id.", required = true) UUID id,
    @Field(value = "The subscription.", required = true) UUID subscriptionId,
    @Field(value = "The event.", required = true) UUID eventId,
    @Field(value = "The event's position.", required = true) long position,
    @Field(value = "Where it stands.", required = true) DeliveryStatus status,
    @Field("What it waits for, and what clears that; null when it has ended.") @Nullable String waitsFor,
    @Field("When it is tried next at the earliest; null when it has ended.") @Nullable OffsetDateTime dueAt,
    @Field(value = "Tries that count.", required = true) int tries,
    @Field(value = "How often it was asked for again.", required = true) int replays,
    @Field(value = "When it was made.", required = true) OffsetDateTime createdAt,
    @Field("When it was delivered or became a dead letter.") @Nullable OffsetDateTime endedAt,
    @Field("What went wrong last.") @Nullable String lastError,
    @Field("What it came to, such as the id of a job.") @Nullable JsonNode result,
    @Field(value = "The last tries, oldest first.", required = true) List<DeliveryTry> attempts) {}
