package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What came of a removal. */
public record DeletedMemory(
    @Field(value = "Whether it was removed.", required = true) boolean deleted,
    @Field(value = "Id of the entry.", required = true) UUID id,
    @Field(value = "Pending when it waits for approval.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String status,
    @Field(value = "Id of what waits for approval.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID pendingId,
    @Field(value = "Why it waits.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reason,
    @Field(value = "What waits.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String action,
    @Field(value = "The entry that waits.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID memoryId) {}
