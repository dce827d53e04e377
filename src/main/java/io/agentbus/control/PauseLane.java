package io.agentbus.control;

import io.agentbus.job.Lane;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Keeps the jobs of a lane from being claimed, in a namespace and those below. */
public record PauseLane(
    @Field(value = "The lane.", required = true, positional = 0) Lane lane,
    @Field(value = "Namespace, with those below; absent = the token's.", maxLength = 512,
        pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "Why; whoever asks for the cause of a standstill reads it.", required = true, maxLength = 1_000)
        String reason) {}
