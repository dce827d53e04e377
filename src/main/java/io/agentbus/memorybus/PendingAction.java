package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An action that waits for approval, or was decided. */
public record PendingAction(
    @Field(value = "Id.", required = true) UUID id,
    @Field(value = "What it is: store, update, promote or delete.", required = true) String actionType,
    @Field(value = "The entry it is about; null for one to be stored.") @Nullable UUID memoryId,
    @Field(value = "Namespace.", required = true) String namespace,
    @Field(value = "What was asked for.", required = true) JsonNode payload,
    @Field(value = "Who asked.", required = true) String requestedBy,
    @Field(value = "When.", required = true) OffsetDateTime requestedAt,
    @Field(value = "Where it stands: pending, approved or rejected.", required = true) String status,
    @Field(value = "Who decided.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String decidedBy,
    @Field(value = "When.") @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OffsetDateTime decidedAt,
    @Field(value = "Votes, where several must approve.", required = true) JsonNode approvals) {}
