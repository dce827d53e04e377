package io.agentbus.agent;

import io.agentbus.op.Field;

/** What revoking did. */
public record RevokedAgentTokens(
    @Field(value = "The agent, which can call no more until it registers again or an operator rotates its token.",
        required = true) Agent agent,
    @Field(value = "How many tokens were valid before.", required = true) int revoked) {}
