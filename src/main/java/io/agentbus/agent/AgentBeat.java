package io.agentbus.agent;

import io.agentbus.op.Field;

/** The answer to a heartbeat. */
public record AgentBeat(
    @Field(value = "The agent as it is known.", required = true) Agent agent,
    @Field(value = "What an operator wants it to do now.", required = true) DesiredState desiredState) {}
