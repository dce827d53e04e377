package io.agentbus.agent;

import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import org.jspecify.annotations.Nullable;

/** Which agents to list. */
public record ListAgents(
    @Field(value = "Namespace, exact or with * for one segment and ** for any; absent = all the caller may see.",
        maxLength = AgentLimits.NAMESPACE, pattern = NamespaceFilter.PATTERN,
        shape = NamespaceFilter.SHAPE) @Nullable String namespace,
    @Field(value = "Only those of this status.", oneOf = {"online", "offline", "draining", "disabled"})
        @Nullable String status,
    @Field(value = "Only those with this tag.", maxLength = AgentLimits.NAME) @Nullable String tag,
    @Field(value = "Only those with this capability.", maxLength = AgentLimits.NAME) @Nullable String capability,
    @Field(value = "Only those whose name begins so.", maxLength = AgentLimits.NAME) @Nullable String namePrefix,
    @Field(value = "Most agents to answer.", min = 1, limit = Limit.PAGE) @Nullable Integer limit,
    @Field(value = "The next of the page before.", maxLength = AgentLimits.CURSOR) @Nullable String cursor) {}
