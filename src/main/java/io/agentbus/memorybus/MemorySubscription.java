package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A subscription as ai-memory tells it. */
public record MemorySubscription(
    @Field(value = "Id.", required = true) UUID id,
    @Field(value = "Where events go: an address, or agentbus:inbox.", required = true) String url,
    @Field(value = "Names of events parted by commas, or *.", required = true) String events,
    @Field(value = "Namespaces of the events; null = all the subscriber may see.") @Nullable String namespaceFilter,
    @Field(value = "Who must have done it; null = anybody.") @Nullable String agentFilter,
    @Field(value = "Whose it is.", required = true) String createdBy,
    @Field(value = "When it was made.", required = true) OffsetDateTime createdAt,
    @Field(value = "Tries to deliver, counted over the newest of the deliveries that are kept: up to 10,000, and fewer where many subscriptions are told of at once.", required = true) long dispatchCount,
    @Field(value = "Those of them that failed.", required = true) long failureCount,
    @Field(value = "Names of events, when they were given so.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<String> eventTypes) {}
