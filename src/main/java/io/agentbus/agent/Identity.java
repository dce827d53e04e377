package io.agentbus.agent;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who a token is and what it may do. */
public record Identity(
    @Field(value = "Name of the agent, service or operator.", required = true) String name,
    @Field(value = "As the journal names the caller.", required = true) String actor,
    @Field(value = "What the token is for.", required = true, oneOf = {"operator", "service", "agent"}) String kind,
    @Field(value = "The namespace meant when a call names none.", required = true) NamespacePath namespace,
    @Field(value = "Its walls; empty = none.", required = true) List<NamespacePath> namespaces,
    @Field(value = "What it may do.", required = true) List<String> rights,
    @Field("Id of the agent that the token acts as.") @Nullable UUID agentId,
    @Field("When the token ends; null = never.") @Nullable Instant expiresAt,
    @Field(value = "What its calls may hold on this node.", required = true) CallLimits limits) {}
