package io.agentbus.memorybus;

import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** In which form to tell what the memory bus can do. */
public record GetCapabilities(@Field(value = "Form of the answer.", oneOf = {"v1", "v2"}, def = "\"v2\"") @Nullable String accept) {}
