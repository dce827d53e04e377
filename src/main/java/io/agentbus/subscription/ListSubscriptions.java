package io.agentbus.subscription;

import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import org.jspecify.annotations.Nullable;

/** Which subscriptions to list, oldest first: one's own; an operator's list holds all of its namespaces. */
public record ListSubscriptions(
    @Field("Only with this target.") @Nullable Target to,
    @Field("Only with this status.") @Nullable SubscriptionStatus status,
    @Field(value = "Most to answer.", min = 1, limit = Limit.PAGE) @Nullable Integer limit,
    @Field(value = "The next of the page before.", maxLength = 1_000) @Nullable String cursor) {}
