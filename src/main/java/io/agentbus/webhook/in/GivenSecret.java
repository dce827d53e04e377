package io.agentbus.webhook.in;

import io.agentbus.op.Field;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A secret that is shared with a sender. */
public record GivenSecret(
    @Field(value = "The secret, in the form of the scheme.", required = true, secret = true, maxLength = SourceLimits.SECRET_LENGTH,
        example = "\"a secret shared with the sender\"") String secret,
    @Field(value = "When it stops being good; absent = never.") @Nullable Instant expiresAt) {}
