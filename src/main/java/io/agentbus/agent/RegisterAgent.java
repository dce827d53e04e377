package io.agentbus.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes an agent known and hands out its token. The join token is used up only when that succeeds. */
public record RegisterAgent(
    @Field(value = "The join token.", required = true, secret = true, maxLength = 200) String joinToken,
    @Field(value = "Name of the agent within its namespace.", required = true, maxLength = AgentLimits.NAME,
        pattern = AgentName.PATTERN, shape = AgentName.SHAPE, positional = 0) String name,
    @Field(value = "Most jobs it holds at once; 0 = not limited.", min = 0, max = AgentLimits.CONCURRENCY, def = "1")
        @Nullable Integer concurrency,
    @Field(value = "Words that jobs may be addressed to; absent = those of the join token.",
        maxItems = AgentLimits.WORDS, pattern = AgentName.WORD_PATTERN, shape = AgentName.WORD_SHAPE)
        @Nullable List<String> tags,
    @Field(value = "What it can do, for jobs addressed to a capability; absent = those of the join token.",
        maxItems = AgentLimits.WORDS, pattern = AgentName.WORD_PATTERN, shape = AgentName.WORD_SHAPE)
        @Nullable List<String> capabilities,
    @Field(value = "How it gets its work.", oneOf = {"pull", "openclaw", "webhook", "eventbus", "exec"},
        def = "\"pull\"") @Nullable String channel,
    @Field(value = "Name of the machine it runs on.", maxLength = AgentLimits.HOST) @Nullable String hostname,
    @Field(value = "What tells that machine from others, such as its machine id.", maxLength = AgentLimits.HOST)
        @Nullable String hostUid,
    @Field(value = "Operating system and architecture.", maxLength = AgentLimits.HOST) @Nullable String platform,
    @Field(value = "Version of the agent's program.", maxLength = AgentLimits.HOST) @Nullable String version,
    @Field(value = "Anything else worth knowing, a JSON object.", maxBytes = AgentLimits.METADATA_BYTES)
        @Nullable ObjectNode metadata) {}
