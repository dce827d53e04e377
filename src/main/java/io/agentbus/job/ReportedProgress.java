package io.agentbus.job;

import io.agentbus.inbox.Message;
import io.agentbus.op.Field;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.UUID;

/** Progress was kept. */
public record ReportedProgress(
    @Field(value = "The job.", required = true) UUID id,
    @Field(value = "The fence.", required = true) long fence,
    @Field(value = "When it was kept.", required = true) OffsetDateTime progressAt,
    @Field(value = "The oldest urgent messages that wait in the agent's inbox, at most five; they stay there until acknowledged.", required = true)
        List<Message> messages) {}
