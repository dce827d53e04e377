package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What came of an approval. */
public record PendingApproved(
    @Field(value = "Whether the action was carried out.", required = true) boolean approved,
    @Field(value = "Id of the action.", required = true) UUID id,
    @Field(value = "Who decided.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String decidedBy,
    @Field(value = "True when it was carried out.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean executed,
    @Field(value = "The entry that was stored, changed, promoted or removed.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable UUID memoryId,
    @Field(value = "Pending while votes are missing.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String status,
    @Field(value = "Votes there are.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer votes,
    @Field(value = "Votes it needs.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer quorum,
    @Field(value = "Why it waits.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String reason) {}
