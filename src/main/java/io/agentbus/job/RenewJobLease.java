package io.agentbus.job;

import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Asks for a later end of the lease; it is never shortened. */
public record RenewJobLease(
    @Field(value = "The job.", required = true, positional = 0) UUID jobId,
    @Field(value = "Fence of the attempt, from the claim.", required = true, min = 1) Long fence,
    @Field(value = "Length from now; absent = as long as the claim's.", limit = Limit.LEASE) @Nullable Integer leaseSeconds) {}
