package io.agentbus.insight;

import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whose doings to tell, and of which time. Exactly one of agent and actor. */
public record AuditWindow(
    @Field(value = "Name of an agent, in whichever namespace the caller may see.", maxLength = 100, positional = 0) @Nullable String agent,
    @Field(value = "An actor as the journal names it.", maxLength = 700, example = "\"token:operator\"") @Nullable String actor,
    @Field(value = "From this time on.", required = true) Instant from,
    @Field(value = "Before this time; absent = now. At most 31 days after from.") @Nullable Instant to,
    @Field(value = "Only what happened in this namespace; * and ** as in lists.", maxLength = 512, pattern = NamespaceFilter.PATTERN,
        shape = NamespaceFilter.SHAPE) @Nullable String namespace,
    @Field(value = "Most entries of each list a page.", min = 1, limit = Limit.PAGE) @Nullable Integer limit,
    @Field(value = "Where to go on: next of the page before, with the same window.", maxLength = 500) @Nullable String cursor) {}
