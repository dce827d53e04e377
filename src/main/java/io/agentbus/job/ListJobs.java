package io.agentbus.job;

import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which jobs to list, newest first. What is absent does not matter. */
public record ListJobs(
    @Field(value = "Namespace, exact unless it holds * or **; absent = all the caller may see.", maxLength = 512,
        pattern = NamespaceFilter.PATTERN, shape = NamespaceFilter.SHAPE) @Nullable String namespace,
    @Field(value = "Where they stand.") @Nullable JobStatus status,
    @Field(value = "Agent they are for.", maxLength = 100) @Nullable String targetAgent,
    @Field(value = "Who asked for them.", maxLength = 200) @Nullable String sourceAgent,
    @Field(value = "Kind of work.", maxLength = 100) @Nullable String jobType,
    @Field(value = "Lane.") @Nullable Lane lane,
    @Field(value = "Flow.", maxLength = JobLimits.KEY) @Nullable String flowKey,
    @Field(value = "Correlation.", maxLength = JobLimits.KEY) @Nullable String correlationKey,
    @Field(value = "The job they follow from.") @Nullable UUID parentJobId,
    @Field(value = "A text in the subject, in any case.", maxLength = JobLimits.KEY) @Nullable String subject,
    @Field(value = "Dedupe key.", maxLength = JobLimits.KEY) @Nullable String dedupeKey,
    @Field(value = "Enqueued at or after.") @Nullable Instant createdFrom,
    @Field(value = "Enqueued before.") @Nullable Instant createdBefore,
    @Field(value = "Most jobs a page.", min = 1, limit = Limit.PAGE) @Nullable Integer limit,
    @Field(value = "Where to go on: next of the page before.", maxLength = 200) @Nullable String cursor) {}
