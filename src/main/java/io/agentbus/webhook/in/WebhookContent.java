package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** A webhook with what was sent. */
public record WebhookContent(
    @Field(value = "What is known of it.", required = true) Webhook webhook,
    @Field(value = "The headers that were kept.", required = true) JsonNode headers,
    @Field("What was sent; null when that is larger than 4 MiB.") @Nullable JsonNode payload) {}
