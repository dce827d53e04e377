package io.agentbus.agent;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.time.Instant;

/** A join token, shown this once. */
public record JoinToken(
    @Field(value = "The token to hand to the agent.", required = true, secret = true) String joinToken,
    @Field(value = "Until when it may be used.", required = true) Instant expiresAt,
    @Field(value = "Namespace of the agent to be.", required = true) NamespacePath namespace) {}
