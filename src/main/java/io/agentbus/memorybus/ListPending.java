package io.agentbus.memorybus;

import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Which queued actions to list. */
public record ListPending(
    @Field(value = "Only those; absent = all.", oneOf = {"pending", "approved", "rejected"}) @Nullable String status,
    @Field(value = "Most actions; more than 1000 is 1000.", def = "100") @Nullable Integer limit) {}
