package io.agentbus.inbox;

import io.agentbus.agent.Agent;
import io.agentbus.agent.DesiredState;
import io.agentbus.op.Field;
import java.util.List;

/** The answer to a heartbeat. */
public record HeardBeat(
    @Field(value = "The agent as it is known.", required = true) Agent agent,
    @Field(value = "What an operator wants it to do now.", required = true) DesiredState desiredState,
    @Field(value = "The oldest urgent messages that wait in the agent's inbox, at most five; they stay there until acknowledged.", required = true)
        List<Message> messages) {}
