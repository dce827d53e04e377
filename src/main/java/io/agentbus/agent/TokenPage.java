package io.agentbus.agent;

import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of tokens, newest first. */
public record TokenPage(
    @Field(value = "The tokens.", required = true) List<Token> items,
    @Field("Cursor of the next page; null on the last.") @Nullable String next) {}
