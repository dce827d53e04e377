package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Messages of an inbox. */
public record MemoryInboxPage(
    @Field(value = "Whose inbox.", required = true) String agentId,
    @Field(value = "What ai-memory calls it.", required = true) String namespace,
    @Field(value = "How many messages are answered.", required = true) int count,
    @Field(value = "Whether those that were acknowledged are left out.", required = true) boolean unreadOnly,
    @Field(value = "The messages.", required = true) List<MemoryMessage> messages,
    @Field(value = "Send as cursor for the next page; absent when there was nothing further.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String next) {}
