package io.agentbus.memorybus;

import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Something that a client may ask about and that is not there. */
public record PlannedFeature(
    @Field(value = "Whether it is meant to come.", required = true) boolean planned,
    @Field(value = "With which version; null = none is named.") @Nullable String version,
    @Field(value = "Whether it is there.", required = true) boolean enabled) {}
