package io.agentbus.webhook.in;

import io.agentbus.op.Field;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is known of a secret; never the secret. */
public record KnownSecret(
    @Field(value = "Its id.", required = true) UUID id,
    @Field(value = "When it was given or made.", required = true) Instant createdAt,
    @Field("When it stops being good; null = never.") @Nullable Instant expiresAt) {}
