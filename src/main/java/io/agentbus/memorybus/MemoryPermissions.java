package io.agentbus.memorybus;

import io.agentbus.op.Field;

/** Governance as it is now. */
public record MemoryPermissions(
    @Field(value = "Whether rules are held to.", required = true) String mode,
    @Field(value = "Namespaces with a governance of their own.", required = true) int activeRules,
    @Field(value = "Whether namespaces below are governed too.", required = true) String inheritance) {}
