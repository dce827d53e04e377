package io.agentbus.webhook.in;

import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of webhooks, newest first. */
public record WebhookPage(
    @Field(value = "The webhooks.", required = true) List<Webhook> items,
    @Field("Cursor of the next page; null on the last.") @Nullable String next) {}
