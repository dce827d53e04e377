package io.agentbus.event;

import io.agentbus.op.Field;
import java.util.UUID;

/** Which event. */
public record GetEvent(@Field(value = "Id of the event.", required = true, positional = 0) UUID eventId) {}
