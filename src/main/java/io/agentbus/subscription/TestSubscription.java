package io.agentbus.subscription;

import io.agentbus.op.Field;
import java.util.UUID;

/** A look at what a subscription makes of an event. */
public record TestSubscription(
    @Field(value = "Id of the subscription.", required = true, positional = 0) UUID subscriptionId,
    @Field(value = "Id of the event.", required = true, positional = 1) UUID eventId) {}
