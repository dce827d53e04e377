package io.agentbus.memorybus;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Queued actions. */
public record ListedPending(
    @Field(value = "How many.", required = true) int count,
    @Field(value = "The actions, the newest first.", required = true) List<PendingAction> pending,
    @Field(value = "True when there is more that this answer had no room for: it ends with 8 MiB. Ask for fewer.")
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean truncated) {}
