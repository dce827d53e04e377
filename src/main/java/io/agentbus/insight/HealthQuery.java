package io.agentbus.insight;

/** Asks for the health of the bus; there is nothing to choose. */
public record HealthQuery() {}
