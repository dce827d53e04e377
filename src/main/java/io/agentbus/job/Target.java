package io.agentbus.job;

/**
 * Whom a job is for.
 *
 * @param namespaceId the namespace in which the name means something
 * @param kind agent, capability, tag or any
 * @param name the name; empty for any
 */
record Target(int namespaceId, String kind, String name) {}
