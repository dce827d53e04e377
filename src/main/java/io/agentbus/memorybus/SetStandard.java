package io.agentbus.memorybus;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is usual in a namespace, and who may do what there. */
public record SetStandard(
    @Field(value = "The namespace.", required = true, maxLength = 512, pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE, example = "\"release/v2\"", positional = 0) String namespace,
    @Field(value = "The entry that says what is usual.", required = true, positional = 1) UUID id,
    @Field(value = "A namespace whose standard holds where this one and those above it say nothing.", maxLength = 512, pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String parent,
    @Field(value = "Who may do what; absent = as it was.") @Nullable MemoryGovernance governance) {}
