package io.agentbus.subscription;

import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which deliveries to list, newest event first: those of one's own subscriptions; an operator's list holds all of its namespaces. */
public record ListDeliveries(
    @Field("Only of this subscription.") @Nullable UUID subscriptionId,
    @Field("Only with this status; dead ones are the dead letters.") @Nullable DeliveryStatus status,
    @Field("Only those made at this time or later.") @Nullable Instant since,
    @Field("Only those made before this time.") @Nullable Instant until,
    @Field(value = "Most to answer.", min = 1, limit = Limit.PAGE) @Nullable Integer limit,
    @Field(value = "The next of the page before.", maxLength = 1_000) @Nullable String cursor) {}
