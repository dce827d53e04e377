package io.agentbus.memorybus;

/**
 * What the memory bus of one node lets grow.
 *
 * @param entries most entries of one namespace
 * @param namespaces most namespaces below the one of an agent that it and its like may make by storing there
 */
public record MemoryLimits(int entries, int namespaces) {}
