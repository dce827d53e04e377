package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What came of a change. */
public record UpdatedMemory(
    @Field(value = "Whether it was changed.", required = true) boolean updated,
    @Field(value = "The entry as it is now; absent while the change waits for approval.") @JsonInclude(JsonInclude.Include.NON_NULL)
        @Nullable MemoryEntry memory,
    @Field(value = "Pending when it waits for approval.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String status,
    @Field(value = "Id of what waits for approval.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID pendingId,
    @Field(value = "Why it waits.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reason,
    @Field(value = "What waits.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String action,
    @Field(value = "The entry that waits.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID memoryId) {}
