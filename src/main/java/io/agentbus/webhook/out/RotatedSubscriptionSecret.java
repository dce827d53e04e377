package io.agentbus.webhook.out;

import io.agentbus.op.Field;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The secret with which webhooks are signed from now on, shown this once. */
public record RotatedSubscriptionSecret(
    @Field(value = "The subscription.", required = true) UUID subscriptionId,
    @Field(value = "The new secret.", required = true, secret = true) String secret,
    @Field("Until when the secret before signs too; null = it has ended.") @Nullable Instant oldSecretUntil) {}
