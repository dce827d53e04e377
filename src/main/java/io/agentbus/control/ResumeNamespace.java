package io.agentbus.control;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Takes back the pause of exactly this namespace. */
public record ResumeNamespace(
    @Field(value = "Namespace, with those below.", required = true, maxLength = 512, pattern = NamespacePath.PATTERN,
        shape = NamespacePath.SHAPE, positional = 0) String namespace,
    @Field(value = "Why, for the journal.", maxLength = 1_000) @Nullable String reason) {}
