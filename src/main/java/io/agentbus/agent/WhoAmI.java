package io.agentbus.agent;

/** Asks nothing but who the token is. */
public record WhoAmI() {}
