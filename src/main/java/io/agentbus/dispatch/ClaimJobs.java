package io.agentbus.dispatch;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An agent's wish for work. */
public record ClaimJobs(
    @Field(value = "Most jobs to take; fewer when the agent's concurrency leaves fewer.", min = 1, limit = Limit.CLAIM, def = "1") @Nullable Integer limit,
    @Field(value = "How long the right to work lasts unless renewed.", limit = Limit.NEW_LEASE) @Nullable Integer leaseSeconds,
    @Field(value = "How long to wait for work when there is none.", min = 0, limit = Limit.WAIT, def = "0") @Nullable Integer waitSeconds,
    @Field(value = "The agent; an agent's token implies it. An operator must name one.", maxLength = 100) @Nullable String targetAgent,
    @Field(value = "Only jobs of this namespace and below; for an operator also where the agent is found.", maxLength = 512,
        pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "A new id for this claim: asking again with it answers the leases it holds, so that a lost reply loses nothing.")
        @Nullable UUID claimId,
    @Field(value = "Never needed: the lease is the token's agent's. May name only that agent; an operator may name any.", maxLength = 200)
        @Nullable String leaseOwner) {}
