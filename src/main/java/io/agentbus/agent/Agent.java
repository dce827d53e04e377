package io.agentbus.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** An agent as callers see it. */
public record Agent(
    @Field(value = "Its id.", required = true) UUID id,
    @Field(value = "Its namespace.", required = true) NamespacePath namespace,
    @Field(value = "Its name within the namespace.", required = true) String name,
    @Field(value = "What an operator wants, if not active; else online when it was heard of within 90 s, else offline.",
        required = true, oneOf = {"online", "offline", "draining", "disabled"}) String status,
    @Field(value = "What an operator wants of it.", required = true, oneOf = {"active", "draining", "disabled"})
        String desired,
    @Field(value = "Whether a pause names it: it gets no jobs.", required = true) boolean paused,
    @Field(value = "Most jobs it holds at once; 0 = not limited.", required = true) int concurrency,
    @Field(value = "How it gets its work.", required = true) String channel,
    @Field(value = "Words that jobs may be addressed to.", required = true) List<String> tags,
    @Field(value = "What it can do.", required = true) List<String> capabilities,
    @Field("Name of its machine.") @Nullable String hostname,
    @Field("What tells its machine from others.") @Nullable String hostUid,
    @Field("Operating system and architecture.") @Nullable String platform,
    @Field("Version of its program.") @Nullable String version,
    @Field(value = "What else it says of itself.", required = true) ObjectNode metadata,
    @Field("When it last called; null = never.") @Nullable Instant lastHeartbeatAt,
    @Field(value = "When it was made known.", required = true) Instant createdAt,
    @Field(value = "When it was last changed.", required = true) Instant updatedAt) {}
