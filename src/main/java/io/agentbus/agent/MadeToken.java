package io.agentbus.agent;

import io.agentbus.op.Field;

/** A new token, shown this once. */
public record MadeToken(
    @Field(value = "What is kept of it.", required = true) Token token,
    @Field(value = "The token itself.", required = true, secret = true) String secret) {}
