package io.agentbus.agent;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes a token that registers one agent, once. */
public record CreateJoinToken(
    @Field(value = "Namespace of the agent to be; absent = the token's.", maxLength = AgentLimits.NAMESPACE,
        pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "How long it may be used, in seconds.", min = 60, max = AgentLimits.JOIN_SECONDS, def = "86400")
        @Nullable Integer expiresInSeconds,
    @Field(value = "The only tags the agent may have; absent = it chooses.", maxItems = AgentLimits.WORDS,
        pattern = AgentName.WORD_PATTERN, shape = AgentName.WORD_SHAPE) @Nullable List<String> tags,
    @Field(value = "The only capabilities the agent may have; absent = it chooses.", maxItems = AgentLimits.WORDS,
        pattern = AgentName.WORD_PATTERN, shape = AgentName.WORD_SHAPE) @Nullable List<String> capabilities,
    @Field(value = "Highest concurrency the agent may register with; absent = it chooses.", min = 1,
        max = AgentLimits.CONCURRENCY) @Nullable Integer concurrencyMax) {}
