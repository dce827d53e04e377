package io.agentbus.config;

/** How much a node logs: each level includes those before it. */
public enum LogLevel { ERROR, WARN, INFO, DEBUG, TRACE }
