package io.agentbus.memorybus;

import io.agentbus.agent.AgentName;
import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Names a queued action to be decided. */
public record DecidePending(
    @Field(value = "Id of the action.", required = true, positional = 0) UUID id,
    @Field(value = "Never needed: who decides is the token's. May name only that agent; an operator may name any.", maxLength = 128, pattern = AgentName.PATTERN, shape = AgentName.SHAPE)
        @Nullable String agentId) {}
