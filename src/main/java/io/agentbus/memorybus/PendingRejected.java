package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.util.UUID;

/** What came of a rejection. */
public record PendingRejected(
    @Field(value = "Always true.", required = true) boolean rejected,
    @Field(value = "Id of the action.", required = true) UUID id,
    @Field(value = "Who decided.", required = true) String decidedBy) {}
