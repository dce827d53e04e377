package io.agentbus.subscription;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which subscription to pause, and why. */
public record PauseSubscription(
    @Field(value = "Id of the subscription.", required = true, positional = 0) UUID subscriptionId,
    @Field(value = "Why, for people.", maxLength = 500) @Nullable String reason) {}
