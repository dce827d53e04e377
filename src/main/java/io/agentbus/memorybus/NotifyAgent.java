package io.agentbus.memorybus;

import io.agentbus.agent.AgentName;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Something to be told to one agent. */
public record NotifyAgent(
    @Field(value = "Name of the agent it is for.", required = true, maxLength = 128, pattern = AgentName.PATTERN, shape = AgentName.SHAPE, example = "\"orchestrator\"", positional = 0) String targetAgentId,
    @Field(value = "What it is about. Two messages of one title are two.", required = true, maxLength = MemoryText.TITLE, positional = 1) String title,
    @Field(value = "What there is to know, a text of at most 65,536 bytes of UTF-8.", required = true, maxLength = MemoryText.CONTENT_BYTES) String payload,
    @Field(value = "1 to 10, higher is read first; taken as 1 when less and as 10 when more.", def = "5") @Nullable Integer priority,
    @Field(value = "Told to the reader and nothing else: a message stays until it is acknowledged.", oneOf = {"short", "mid", "long"}, def = "\"mid\"") @Nullable String tier,
    @Field(value = "Never needed: the sender is the token's. May name only that agent; an operator may name any.", maxLength = 128, pattern = AgentName.PATTERN, shape = AgentName.SHAPE) @Nullable String agentId,
    @Field(value = "Where the agent is found, and then upwards; absent = wherever the caller sees just one of that name, its own namespace first.",
        maxLength = 512, pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace) {}
