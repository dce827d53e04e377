package io.agentbus.control;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Keeps an agent from getting jobs; what it holds goes on. */
public record PauseAgent(
    @Field(value = "Its name, looked for in the namespace and then upwards, or its id.", required = true,
        maxLength = 100, positional = 0) String agent,
    @Field(value = "Where the name is meant; absent = the token's.", maxLength = 512, pattern = NamespacePath.PATTERN,
        shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "Why; whoever asks for the cause of a standstill reads it.", required = true, maxLength = 1_000)
        String reason) {}
