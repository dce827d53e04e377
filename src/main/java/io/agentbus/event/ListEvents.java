package io.agentbus.event;

import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which events to list, oldest first. What is absent does not matter. */
public record ListEvents(
    @Field(value = "Namespace, exact unless it holds * or **; absent = all the caller may see.", maxLength = 512,
        pattern = NamespaceFilter.PATTERN, shape = NamespaceFilter.SHAPE) @Nullable String namespace,
    @Field(value = "Topic; * stands for one word, ** for any number.", maxLength = TopicFilter.MAX_LENGTH, pattern = TopicFilter.PATTERN,
        shape = "a topic in which a word may be * or **", example = "\"job.*\"") @Nullable String topic,
    @Field(value = "Name of the agent or token that stated them.", maxLength = 200) @Nullable String sourceAgent,
    @Field(value = "The job they come from.") @Nullable UUID sourceJobId,
    @Field(value = "Only events behind this position; send that of the last event seen to hear what is new.", min = 0, def = "0")
        @Nullable Long afterPosition,
    @Field(value = "Where to go on: next of the page before. Goes before after_position.", maxLength = 200) @Nullable String cursor,
    @Field(value = "Most events a page.", min = 1, limit = Limit.PAGE) @Nullable Integer limit) {}
