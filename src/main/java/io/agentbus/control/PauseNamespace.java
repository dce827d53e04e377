package io.agentbus.control;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;

/** Keeps all jobs of a namespace and those below from being claimed. */
public record PauseNamespace(
    @Field(value = "Namespace, with those below.", required = true, maxLength = 512, pattern = NamespacePath.PATTERN,
        shape = NamespacePath.SHAPE, positional = 0) String namespace,
    @Field(value = "Why; whoever asks for the cause of a standstill reads it.", required = true, maxLength = 1_000)
        String reason) {}
