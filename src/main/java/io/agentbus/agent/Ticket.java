package io.agentbus.agent;

import io.agentbus.op.Field;
import java.time.Instant;

/** A ticket, shown this once. */
public record Ticket(
    @Field(value = "The ticket, for ?ticket= of a WebSocket's address.", required = true, secret = true) String ticket,
    @Field(value = "Until when it may be used.", required = true) Instant expiresAt) {}
