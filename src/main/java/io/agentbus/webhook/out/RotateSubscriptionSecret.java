package io.agentbus.webhook.out;

import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Makes another secret for the webhooks of a subscription. */
public record RotateSubscriptionSecret(
    @Field(value = "The subscription.", required = true, positional = 0) UUID subscriptionId,
    @Field(value = "How long the secret before signs too, in seconds; 0 = not at all.", min = 0, max = EndpointCare.LONGEST_OVERLAP_SECONDS,
        def = "86400") @Nullable Integer overlapSeconds) {}
