package io.agentbus.control;

import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of pauses, newest first. */
public record PausePage(
    @Field(value = "The pauses.", required = true) List<Pause> items,
    @Field("Cursor of the next page; null on the last.") @Nullable String next) {}
