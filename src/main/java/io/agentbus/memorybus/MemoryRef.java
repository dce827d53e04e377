package io.agentbus.memorybus;

import io.agentbus.op.Field;
import java.util.UUID;

/** Names one entry. */
public record MemoryRef(@Field(value = "Id of the entry.", required = true, positional = 0) UUID id) {}
