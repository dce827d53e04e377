package io.agentbus.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** New values of an agent's fields; null leaves a field as it is. A concurrency of 0 is no limit. */
record AgentChange(@Nullable Integer concurrency, @Nullable String channel, @Nullable List<String> tags,
    @Nullable List<String> capabilities, @Nullable String hostname, @Nullable String hostUid, @Nullable String platform,
    @Nullable String version, @Nullable ObjectNode metadata, @Nullable String desired) {}
