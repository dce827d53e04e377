package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** What the memory bus can do, as it is now: what is absent from the program is told as absent. */
public record ToldCapabilities(
    @Field(value = "Form of this answer, a text; absent in v1.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String schemaVersion,
    @Field(value = "What recall is made of.", required = true) String tier,
    @Field(value = "Version of agentbus.", required = true) String version,
    @Field(value = "What there is.", required = true) JsonNode features,
    @Field(value = "Models that are used.", required = true) MemoryModels models,
    @Field(value = "Governance.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable MemoryPermissions permissions,
    @Field(value = "Webhooks.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable MemoryHooks hooks,
    @Field(value = "Whether entries are put together by themselves.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable PlannedFeature compaction,
    @Field(value = "What waits for approval.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable MemoryApprovals approval,
    @Field(value = "Whether talks are kept.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable PlannedFeature transcripts,
    @Field(value = "The index of meanings.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable MemoryIndex hnsw) {}
