package io.agentbus.agent;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What is known of a token; never the token. */
public record Token(
    @Field(value = "Its id.", required = true) UUID id,
    @Field(value = "What it is for.", required = true, oneOf = {"operator", "service", "agent", "join"}) String kind,
    @Field(value = "Its name, or that of its agent.", required = true) String name,
    @Field(value = "Whether it opens anything.", required = true, oneOf = {"live", "used", "expired", "revoked"})
        String status,
    @Field(value = "Its walls; empty = none.", required = true) List<NamespacePath> namespaces,
    @Field(value = "What it may do.", required = true) List<String> rights,
    @Field(value = "When it was made.", required = true) Instant createdAt,
    @Field(value = "By whom.", required = true) String createdBy,
    @Field("When it ends; null = never.") @Nullable Instant expiresAt,
    @Field("When it was revoked.") @Nullable Instant revokedAt,
    @Field("Of a join token: when it registered its agent.") @Nullable Instant usedAt,
    @Field("When it was last used, to about a minute.") @Nullable Instant lastUsedAt) {}
