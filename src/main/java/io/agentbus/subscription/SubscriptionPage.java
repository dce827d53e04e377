package io.agentbus.subscription;

import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of subscriptions. */
public record SubscriptionPage(
    @Field(value = "The subscriptions.", required = true) List<Subscription> items,
    @Field("Cursor of the next page; null on the last.") @Nullable String next) {}
