package io.agentbus.webhook.in;

import io.agentbus.op.Field;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A source with a new secret. */
public record RotatedSourceSecret(
    @Field(value = "The source.", required = true) WebhookSource source,
    @Field(value = "The secret that was made, shown this once; null when it was given.", secret = true) @Nullable String secret,
    @Field("When the secrets before it end; null when there were none.") @Nullable Instant oldSecretsEndAt) {}
