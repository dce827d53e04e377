package io.agentbus.job;

import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.List;

/** Finishes many attempts, each judged alone. */
public record CompleteJobs(
    @Field(value = "The finishes; one that is refused does not stop the others.", required = true, limit = Limit.BULK)
        List<CompleteJob> jobs) {}
