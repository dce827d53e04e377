package io.agentbus.event;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A fact to be stated. */
public record EmitEvent(
    @Field(value = "Namespace of the event; absent = the token's, or that of the job it closes.", maxLength = 512, pattern = NamespacePath.PATTERN,
        shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "Topic. " + BusTopics.NAMED + " belong to the bus.", required = true, maxLength = 200, pattern = "^[a-z0-9][a-z0-9_.-]*$",
        shape = "lower-case words joined by dots", example = "\"infra.checked\"") String topic,
    @Field(value = "What there is to know, a JSON object.", limit = Limit.PAYLOAD, def = "{}") @Nullable ObjectNode payload,
    @Field(value = "The job it comes from.") @Nullable UUID sourceJobId,
    @Field(value = "An event with this topic and key is stated once; again answers the first.", maxLength = 500, pattern = "\\S",
        shape = "a text that is not blank") @Nullable String dedupeKey,
    @Field(value = "Never needed: the source is the token's. May name only that agent; an operator may name any.", maxLength = 100)
        @Nullable String sourceAgent) {}
