package io.agentbus.webhook.in;

import io.agentbus.op.Field;
import java.util.UUID;

/** Names a webhook that came. */
public record WebhookRef(
    @Field(value = "Its id.", required = true, positional = 0) UUID webhookId) {}
