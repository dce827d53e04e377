package io.agentbus.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Changes what is given of an agent. An agent may change itself; desired and concurrency need an operator. */
public record UpdateAgent(
    @Field(value = "Its name or id; absent = the caller itself.", maxLength = AgentLimits.NAME, positional = 0)
        @Nullable String agent,
    @Field(value = "Where the name is meant; absent = the token's.", maxLength = AgentLimits.NAMESPACE,
        pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "What an operator wants of it; draining and disabled agents get no jobs.",
        oneOf = {"active", "draining", "disabled"}) @Nullable String desired,
    @Field(value = "Most jobs it holds at once; 0 = not limited.", min = 0, max = AgentLimits.CONCURRENCY)
        @Nullable Integer concurrency,
    @Field(value = "Words that jobs may be addressed to; replaces those there.", maxItems = AgentLimits.WORDS,
        pattern = AgentName.WORD_PATTERN, shape = AgentName.WORD_SHAPE) @Nullable List<String> tags,
    @Field(value = "What it can do; replaces what is there.", maxItems = AgentLimits.WORDS,
        pattern = AgentName.WORD_PATTERN, shape = AgentName.WORD_SHAPE) @Nullable List<String> capabilities,
    @Field(value = "How it gets its work.", oneOf = {"pull", "openclaw", "webhook", "eventbus", "exec"})
        @Nullable String channel,
    @Field(value = "Name of the machine it runs on.", maxLength = AgentLimits.HOST) @Nullable String hostname,
    @Field(value = "What tells that machine from others, such as its machine id.", maxLength = AgentLimits.HOST)
        @Nullable String hostUid,
    @Field(value = "Operating system and architecture.", maxLength = AgentLimits.HOST) @Nullable String platform,
    @Field(value = "Version of the agent's program.", maxLength = AgentLimits.HOST) @Nullable String version,
    @Field(value = "Anything else worth knowing, a JSON object; replaces what was there.",
        maxBytes = AgentLimits.METADATA_BYTES) @Nullable ObjectNode metadata) {}
