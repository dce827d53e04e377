package io.agentbus.job;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Ends the leases that are past their end, as the sweeper does by itself. */
public record RequeueExpired(
    @Field(value = "Namespace, and those below; absent = all the caller may see.", maxLength = 512,
        pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "Most leases to end.", min = 1, max = 1000, def = "1000") @Nullable Integer limit) {}
