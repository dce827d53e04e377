package io.agentbus.dispatch;

import io.agentbus.job.Job;
import io.agentbus.op.Field;
import java.util.List;

/** What an agent got, in claim order; empty when there is nothing for it. */
public record ClaimedJobs(@Field(value = "The jobs, each with its fence.", required = true) List<Job> jobs) {}
