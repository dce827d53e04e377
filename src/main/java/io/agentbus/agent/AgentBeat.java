package io.agentbus.agent;

/**
 * What became of a heartbeat.
 *
 * @param agent as it is known
 * @param desiredState what an operator wants it to do now
 */
public record AgentBeat(Agent agent, DesiredState desiredState) {}
