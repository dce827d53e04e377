package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What came of a promotion. */
public record PromotedMemory(
    @Field(value = "Whether it was promoted.", required = true) boolean promoted,
    @Field(value = "Whether the entry became long (tier) or was copied upwards (vertical).") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String mode,
    @Field(value = "Id of the entry that became long.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID id,
    @Field(value = "Its tier now.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String tier,
    @Field(value = "Id of the entry that was copied.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID sourceId,
    @Field(value = "Id of the copy.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID cloneId,
    @Field(value = "Namespace of the copy.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String toNamespace,
    @Field(value = "Pending when it waits for approval.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String status,
    @Field(value = "Id of what waits for approval.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID pendingId,
    @Field(value = "Why it waits.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reason,
    @Field(value = "What waits.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String action,
    @Field(value = "The entry that waits.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID memoryId) {}
