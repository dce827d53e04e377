package io.agentbus.subscription;

import io.agentbus.op.Field;
import java.util.UUID;

/** Which subscription. */
public record SubscriptionRef(@Field(value = "Id of the subscription.", required = true, positional = 0) UUID subscriptionId) {}
