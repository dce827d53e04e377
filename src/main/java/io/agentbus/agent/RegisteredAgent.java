package io.agentbus.agent;

import io.agentbus.op.Field;

/** A new agent with its token, shown this once. */
public record RegisteredAgent(
    @Field(value = "The agent.", required = true) Agent agent,
    @Field(value = "Its token.", required = true, secret = true) String agentToken) {}
