package io.agentbus.subscription;

import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of deliveries. */
public record DeliveryPage(
    @Field(value = "The deliveries.", required = true) List<ListedDelivery> items,
    @Field("Cursor of the next page; null on the last.") @Nullable String next) {}
