package io.agentbus.job;

import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.List;

/** Many jobs, all or nothing. */
public record EnqueueJobs(
    @Field(value = "The jobs; they may wait for one another by ref.", required = true, limit = Limit.BULK) List<EnqueueJob> jobs) {}
