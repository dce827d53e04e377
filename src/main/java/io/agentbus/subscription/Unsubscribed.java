package io.agentbus.subscription;

import io.agentbus.op.Field;
import java.util.UUID;

/** A subscription that is gone. */
public record Unsubscribed(
    @Field(value = "Id it had.", required = true) UUID id,
    @Field(value = "Deliveries that still waited and went with it.", required = true) long pending) {}
