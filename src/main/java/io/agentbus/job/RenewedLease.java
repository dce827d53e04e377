package io.agentbus.job;

import io.agentbus.inbox.Message;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/** The lease as it is now. */
public record RenewedLease(
    @Field(value = "The job.", required = true) UUID id,
    @Field(value = "The fence.", required = true) long fence,
    @Field(value = "When the lease ends unless renewed again.", required = true) OffsetDateTime leasedUntil,
    @Field(value = "Whether the agent is asked to stop: it is disabled. A cancelled job answers lease_lost instead.", required = true)
        boolean cancelRequested,
    @Field(value = "The oldest urgent messages that wait in the agent's inbox, at most five; they stay there until acknowledged.", required = true)
        List<Message> messages) {}
