package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A subscription that is there now. */
public record MemorySubscribed(
    @Field(value = "Id.", required = true) UUID id,
    @Field(value = "Where events go: an address, or agentbus:inbox.", required = true) String url,
    @Field(value = "Names of events parted by commas, or *.", required = true) String events,
    @Field(value = "Namespaces of the events; null = all the subscriber may see.") @Nullable String namespaceFilter,
    @Field(value = "Who must have done it; null = anybody.") @Nullable String agentFilter,
    @Field(value = "Whose it is.", required = true) String createdBy,
    @Field(value = "Names of events, when they were given so.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<String> eventTypes,
    @Field(value = "Of a webhook: signs each post in the way of Standard Webhooks. It is not told again.", secret = true)
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String secret) {}
