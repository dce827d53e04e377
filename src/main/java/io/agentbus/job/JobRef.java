package io.agentbus.job;

import io.agentbus.op.Field;
import java.util.UUID;

/** Names one job. */
public record JobRef(@Field(value = "The job.", required = true, positional = 0) UUID jobId) {}
