package io.agentbus.agent;

/** Makes a ticket for the caller itself. */
public record CreateTicket() {}
