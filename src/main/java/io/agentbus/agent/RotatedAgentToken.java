package io.agentbus.agent;

import io.agentbus.op.Field;

/** An agent's new token, shown this once. */
public record RotatedAgentToken(
    @Field(value = "The agent.", required = true) Agent agent,
    @Field(value = "Its new token.", required = true, secret = true) String agentToken,
    @Field(value = "How long older tokens go on being valid, in seconds.", required = true) int overlapSeconds) {}
