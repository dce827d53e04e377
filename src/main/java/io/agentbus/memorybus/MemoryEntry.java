package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An entry of the memory bus as every operation answers it. */
public record MemoryEntry(
    @Field(value = "Id.", required = true) UUID id,
    @Field(value = "How long it lives.", required = true) String tier,
    @Field(value = "Namespace.", required = true) String namespace,
    @Field(value = "What it is about.", required = true) String title,
    @Field(value = "All there is to say.", required = true) String content,
    @Field(value = "Words it is found by.", required = true) List<String> tags,
    @Field(value = "How much it matters, 1 to 10.", required = true) int priority,
    @Field(value = "How sure it is, from 0 to 1.", required = true) double confidence,
    @Field(value = "Where it comes from.", required = true) String source,
    @Field(value = "How often it was recalled.", required = true) int accessCount,
    @Field(value = "When it was stored.", required = true) OffsetDateTime createdAt,
    @Field(value = "When it was last changed.", required = true) OffsetDateTime updatedAt,
    @Field(value = "When it was last recalled.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OffsetDateTime lastAccessedAt,
    @Field(value = "When its life ends; absent for one that lives for good.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OffsetDateTime expiresAt,
    @Field(value = "Anything else worth knowing; agent_id is who stored it first.", required = true) JsonNode metadata,
    @Field(value = "Only where it was recalled: how well it answers.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Double score,
    @Field(value = "Only in answers to memory_get: links from and to it.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<MemoryLink> links) {}
