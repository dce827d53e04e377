package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What came of storing an entry: the entry, or the action that waits for approval. */
public record StoredMemory(
    @Field(value = "Id of the entry.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID id,
    @Field(value = "Its tier.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String tier,
    @Field(value = "Its title, with a number when the title was taken and a version was asked for.") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable String title,
    @Field(value = "Its namespace.", required = true) String namespace,
    @Field(value = "Who stored it first.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String agentId,
    @Field(value = "True when an entry that was there got the new content.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean duplicate,
    @Field(value = "Pending when it waits for approval.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String status,
    @Field(value = "Id of what waits for approval.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID pendingId,
    @Field(value = "Why it waits.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reason,
    @Field(value = "What was done with the entry that was there, or what waits.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String action) {}
