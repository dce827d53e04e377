package io.agentbus.subscription;

import io.agentbus.op.Field;
import java.util.UUID;

/** Which delivery. */
public record DeliveryRef(@Field(value = "Id of the delivery.", required = true, positional = 0) UUID deliveryId) {}
