package io.agentbus.memorybus;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An entry to be kept for good, or to be copied upwards. */
public record PromoteMemory(
    @Field(value = "Id of the entry.", required = true, positional = 0) UUID id,
    @Field(value = "A namespace above the entry's, which gets a copy; absent = the entry itself becomes long.", maxLength = 512, pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String toNamespace) {}
