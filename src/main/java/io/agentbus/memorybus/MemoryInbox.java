package io.agentbus.memorybus;

import io.agentbus.agent.AgentName;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Which messages to list. */
public record MemoryInbox(
    @Field(value = "Whose inbox; absent = the caller's own. Another's only for an operator.", maxLength = 128, pattern = AgentName.PATTERN, shape = AgentName.SHAPE, positional = 0) @Nullable String agentId,
    @Field(value = "Leave out what was acknowledged, and what was put off to a later time.", def = "false") @Nullable Boolean unreadOnly,
    @Field(value = "Most messages; taken as 1 when less and as 500 when more.", def = "50") @Nullable Integer limit,
    @Field(value = "By priority, then arrival; or by arrival alone.", oneOf = {"priority", "arrival"}, def = "\"priority\"") @Nullable String order,
    @Field(value = "Where to go on: next of the page before, with the same order.", maxLength = 200) @Nullable String cursor,
    @Field(value = "Where the agent is found, and then upwards; absent = as in memory_notify.", maxLength = 512, pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace) {}
