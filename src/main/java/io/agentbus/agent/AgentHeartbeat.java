package io.agentbus.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** Says that the agent lives, and what is new about its program. Never changes what an operator wants of it. */
public record AgentHeartbeat(
    @Field(value = "Its own name; may be left out.", maxLength = AgentLimits.NAME, pattern = AgentName.PATTERN,
        shape = AgentName.SHAPE, positional = 0) @Nullable String agent,
    @Field(value = "Name of the machine it runs on.", maxLength = AgentLimits.HOST) @Nullable String hostname,
    @Field(value = "What tells that machine from others, such as its machine id.", maxLength = AgentLimits.HOST)
        @Nullable String hostUid,
    @Field(value = "Operating system and architecture.", maxLength = AgentLimits.HOST) @Nullable String platform,
    @Field(value = "Version of the agent's program.", maxLength = AgentLimits.HOST) @Nullable String version,
    @Field(value = "Anything else worth knowing, a JSON object; replaces what was there.",
        maxBytes = AgentLimits.METADATA_BYTES) @Nullable ObjectNode metadata) {}
