package io.agentbus.job;

import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of jobs. */
public record ListedJobs(
    @Field(value = "The jobs, newest first.", required = true) List<Job> items,
    @Field(value = "Give as cursor for the next page; null on the last.") @Nullable String next) {}
