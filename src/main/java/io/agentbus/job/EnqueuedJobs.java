package io.agentbus.job;

import io.agentbus.op.Field;
import java.util.List;

/** The jobs, in the order given. */
public record EnqueuedJobs(@Field(value = "The jobs.", required = true) List<Job> jobs) {}
