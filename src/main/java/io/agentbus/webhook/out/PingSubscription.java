package io.agentbus.webhook.out;

import io.agentbus.op.Field;
import java.util.UUID;

/** Sends a ping to the webhook of a subscription. */
public record PingSubscription(@Field(value = "The subscription.", required = true, positional = 0) UUID subscriptionId) {}
