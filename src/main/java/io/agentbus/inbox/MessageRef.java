package io.agentbus.inbox;

import io.agentbus.op.Field;
import java.util.UUID;

/** Which message. */
public record MessageRef(@Field(value = "Id of the message.", required = true, positional = 0) UUID messageId) {}
