package io.agentbus.control;

import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import org.jspecify.annotations.Nullable;

/** Which pauses to list. */
public record ListPauses(
    @Field(value = "Namespace, exact or with * for one segment and ** for any; absent = all the caller may see.",
        maxLength = 512, pattern = NamespaceFilter.PATTERN, shape = NamespaceFilter.SHAPE)
        @Nullable String namespace,
    @Field(value = "Most pauses to answer.", min = 1, limit = Limit.PAGE) @Nullable Integer limit,
    @Field(value = "The next of the page before.", maxLength = 1_000) @Nullable String cursor) {}
