package io.agentbus.control;

import io.agentbus.job.Lane;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Takes back the pause of a lane in exactly this namespace. */
public record ResumeLane(
    @Field(value = "The lane.", required = true, positional = 0) Lane lane,
    @Field(value = "Namespace, with those below; absent = the token's.", maxLength = 512,
        pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "Why, for the journal.", maxLength = 1_000) @Nullable String reason) {}
