package io.agentbus.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A piece of work to be done once. Names at most one of target agent, capability and tag; none means any agent of the namespace. */
public record EnqueueJob(
    @Field(value = "Namespace of the job; absent = the token's.", maxLength = 512, pattern = NamespacePath.PATTERN,
        shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "The agent that must do it, found in the job's namespace and then upwards.", pattern = JobLimits.AGENT,
        shape = JobLimits.AGENT_SHAPE, example = "\"devops\"") @Nullable String targetAgent,
    @Field(value = "Any agent with this capability may do it.", pattern = JobLimits.AGENT, shape = JobLimits.AGENT_SHAPE)
        @Nullable String targetCapability,
    @Field(value = "Any agent with this tag may do it.", pattern = JobLimits.AGENT, shape = JobLimits.AGENT_SHAPE) @Nullable String targetTag,
    @Field(value = "What is to be done, in one line.", required = true, maxLength = JobLimits.KEY, pattern = "\\S",
        shape = "a text that is not blank", example = "\"infra.check\"") String subject,
    @Field(value = "Kind of work, such as reactive, scheduled, delivery or dev.code_change.", maxLength = 100, pattern = "^[a-z][a-z0-9_.-]*$",
        shape = "lower-case words joined by '.', '_' or '-'", def = "\"reactive\"") @Nullable String jobType,
    @Field(value = "Lane; absent = follows from the job type.") @Nullable Lane lane,
    @Field(value = "1 to 1000; higher goes first.", min = 1, max = 1000, def = "100") @Nullable Integer priority,
    @Field(value = "Earliest time; absent = now.") @Nullable Instant runAfter,
    @Field(value = "What the worker needs, a JSON object.", limit = Limit.PAYLOAD, def = "{}") @Nullable ObjectNode payload,
    @Field(value = "The job's own working state, a JSON object that its worker may replace.", limit = Limit.PAYLOAD, def = "{}")
        @Nullable ObjectNode state,
    @Field(value = "While a job with this key is active for the same target, enqueueing answers that job.", maxLength = JobLimits.KEY,
        pattern = "\\S", shape = "a text that is not blank") @Nullable String dedupeKey,
    @Field(value = "Ties the jobs of one flow together.", maxLength = JobLimits.KEY) @Nullable String flowKey,
    @Field(value = "Ties the job to a thing elsewhere.", maxLength = JobLimits.KEY) @Nullable String correlationKey,
    @Field(value = "The job this one follows from.") @Nullable UUID parentJobId,
    @Field(value = "Jobs that must succeed first: their ids, or the ref of another job of the same call.", maxItems = JobLimits.DEPENDENCIES,
        maxLength = 100) @Nullable List<String> dependsOn,
    @Field(value = "A name for this job within one call, for depends_on of others.", maxLength = 100, pattern = "^[a-zA-Z][a-zA-Z0-9._-]*$",
        shape = "a word that begins with a letter") @Nullable String ref,
    @Field(value = "Attempts that may be used up before the job is dead.", min = 1, max = 1000, limit = Limit.ATTEMPTS) @Nullable Integer maxAttempts,
    @Field(value = "An attempt that lasts longer, counted from its lease, is ended as timed out.", min = 1, max = JobLimits.SECONDS)
        @Nullable Integer timeoutSeconds,
    @Field(value = "How long an attempt should take; one of twice that is shown as stuck.", min = 1, max = JobLimits.SECONDS)
        @Nullable Integer expectedSeconds,
    @Field(value = "Never needed: the source is the token's. May name only that agent; an operator may name any.", maxLength = 100)
        @Nullable String sourceAgent) {}
