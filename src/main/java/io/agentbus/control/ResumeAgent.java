package io.agentbus.control;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Takes back the pause of an agent. */
public record ResumeAgent(
    @Field(value = "Its name, looked for in the namespace and then upwards, or its id.", required = true,
        maxLength = 100, positional = 0) String agent,
    @Field(value = "Where the name is meant; absent = the token's.", maxLength = 512, pattern = NamespacePath.PATTERN,
        shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "Why, for the journal.", maxLength = 1_000) @Nullable String reason) {}
