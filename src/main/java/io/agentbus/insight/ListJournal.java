package io.agentbus.insight;

import io.agentbus.namespace.NamespaceFilter;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Which rows of the journal to list, oldest first. What is absent does not matter. */
public record ListJournal(
    @Field(value = "Namespace, exact unless it holds * or **; absent = all the caller may see.", maxLength = 512,
        pattern = NamespaceFilter.PATTERN, shape = NamespaceFilter.SHAPE) @Nullable String namespace,
    @Field(value = "The job they concern.") @Nullable UUID jobId,
    @Field(value = "Who made the change.", maxLength = 700, example = "\"agent:acme/devops\"") @Nullable String actor,
    @Field(value = "What was done, mostly the name of an operation.", maxLength = 100, example = "\"claim_jobs\"") @Nullable String action,
    @Field(value = "Only rows behind this position.", min = 0, def = "0") @Nullable Long afterPosition,
    @Field(value = "Where to go on: next of the page before. Goes before after_position.", maxLength = 200) @Nullable String cursor,
    @Field(value = "Most rows a page.", min = 1, limit = Limit.PAGE) @Nullable Integer limit) {}
