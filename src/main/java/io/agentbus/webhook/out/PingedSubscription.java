package io.agentbus.webhook.out;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What came of a ping. */
public record PingedSubscription(
    @Field(value = "The subscription.", required = true) UUID subscriptionId,
    @Field(value = "The webhook-id that was sent.", required = true) UUID webhookId,
    @Field(value = "Whether a delivery answered like this counts as delivered.", required = true) boolean delivered,
    @Field("Status of the answer; null when none came.") @Nullable Integer statusCode,
    @Field(value = "How long it took, in milliseconds.", required = true) long tookMs,
    @Field("The beginning of the answer.") @Nullable String answer,
    @Field("What went wrong; null when nothing did.") @Nullable String error) {}
