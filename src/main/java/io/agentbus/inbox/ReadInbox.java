package io.agentbus.inbox;

import io.agentbus.agent.AgentName;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import org.jspecify.annotations.Nullable;

/** Which messages to list. What is absent does not matter. */
public record ReadInbox(
    @Field(value = "Whose inbox; absent = the caller's own. Another's only for an operator.", pattern = AgentName.PATTERN, shape = AgentName.SHAPE,
        positional = 0) @Nullable String agent,
    @Field(value = "Where that agent is found, and then upwards; absent = the token's.", maxLength = 512, pattern = NamespacePath.PATTERN,
        shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "Leave out what was acknowledged, and what was put off to a later time.", def = "true") @Nullable Boolean unreadOnly,
    @Field(value = "Only messages of this priority and above.", min = 1, max = 10) @Nullable Integer minPriority,
    @Field(value = "Only messages of this conversation.", maxLength = MessageLimits.THREAD) @Nullable String threadId,
    @Field(value = "By priority, then arrival; or by arrival alone. Absent = priority, but arrival where thread_id or after_arrival is given.",
        oneOf = {"priority", "arrival"}) @Nullable String order,
    @Field(value = "Only messages that came after this one: send the arrival of the last message seen to hear what is new.", min = 0)
        @Nullable Long afterArrival,
    @Field(value = "Where to go on: next of the page before, with the same filters.", maxLength = 200) @Nullable String cursor,
    @Field(value = "Most messages a page.", min = 1, limit = Limit.PAGE) @Nullable Integer limit,
    @Field(value = "How long to wait for a message when there is none.", min = 0, limit = Limit.WAIT, def = "0") @Nullable Integer waitSeconds) {}
