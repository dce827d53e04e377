package io.agentbus.inbox;

import io.agentbus.op.Field;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Puts a message off. Exactly one of seconds and until is given. */
public record DeferMessage(
    @Field(value = "Id of the message.", required = true, positional = 0) UUID messageId,
    @Field(value = "For how long; 0 = it is to be read now.", min = 0, max = MessageLimits.SECONDS) @Nullable Integer seconds,
    @Field(value = "Until when, at most a year ahead.") @Nullable Instant until) {}
