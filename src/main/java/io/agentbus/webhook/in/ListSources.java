package io.agentbus.webhook.in;

import io.agentbus.op.Field;
import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.op.Limit;
import org.jspecify.annotations.Nullable;

/** Which sources to list. */
public record ListSources(
    @Field(value = "Only of this namespace, or of those that a pattern with * or ** means.", maxLength = 512, pattern = NamespaceFilter.PATTERN,
        shape = NamespaceFilter.SHAPE) @Nullable String namespace,
    @Field(value = "Where the page before ended.", maxLength = 200) @Nullable String cursor,
    @Field(value = "Sources of a page.", min = 1, limit = Limit.PAGE) @Nullable Integer limit) {}
