package io.agentbus.webhook.in;

import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** A source as it stands now. */
public record PutSourceAnswer(
    @Field(value = "The source.", required = true) WebhookSource source,
    @Field(value = "Whether it is new.", required = true) boolean created,
    @Field(value = "The secret that was made for it, shown this once; null when none was.", secret = true) @Nullable String secret) {}
