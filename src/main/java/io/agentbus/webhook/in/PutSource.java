package io.agentbus.webhook.in;

import io.agentbus.agent.AgentName;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a source is to be. Of one that is there, what is absent stays as it is. */
public record PutSource(
    @Field(value = "Name, and end of the address /webhooks/<name>.", required = true, pattern = SourceLimits.NAME, shape = SourceLimits.NAME_SHAPE,
        positional = 0, example = "\"github\"") String name,
    @Field(value = "Namespace that its webhooks belong to; absent = the token's. It cannot be changed.", maxLength = 512,
        pattern = NamespacePath.PATTERN, shape = NamespacePath.SHAPE) @Nullable String namespace,
    @Field(value = "How its sender proves itself; needed for a new one. It cannot be changed.",
        oneOf = {"github", "standard", "slack", "stripe", "gitlab", "ai-memory", "cloudevents", "bearer"}) @Nullable String scheme,
    @Field(value = "The secrets that are good from now on, in place of all others; absent for a new source = one is made and shown once.",
        maxItems = SourceLimits.SECRETS) @Nullable List<GivenSecret> secrets,
    @Field(value = "Agent that jobs and messages go to when nothing names another; an empty text = none.", maxLength = 100,
        pattern = "^$|" + AgentName.PATTERN, shape = AgentName.SHAPE) @Nullable String defaultAgent,
    @Field(value = "Whether it is listened to; absent for a new one = yes. Senders are asked to come back later while it is not.")
        @Nullable Boolean enabled,
    @Field(value = "Seconds by which a signed time may be off.", min = 1, max = SourceLimits.TOLERANCE, def = "300") @Nullable Integer toleranceSeconds,
    @Field(value = "Largest body in bytes; absent for a new one = 4 MiB, for GitHub 25 MiB.", min = 1024, max = SourceLimits.MAX_BODY)
        @Nullable Integer maxBodyBytes,
    @Field(value = "Seconds for which the sender's id of a delivery is remembered, so that it is taken once.", min = 60, max = SourceLimits.DEDUPE,
        def = "604800") @Nullable Integer dedupeSeconds,
    @Field(value = "Seconds for which a delivery without an id is taken to be the same when its body is; 0 = never.", min = 0,
        max = SourceLimits.REPEAT, def = "600") @Nullable Integer repeatSeconds,
    @Field(value = "Headers that routes may look at besides those that the scheme tells.", maxItems = SourceLimits.HEADERS,
        pattern = SourceLimits.HEADER, shape = SourceLimits.HEADER_SHAPE) @Nullable List<String> headers) {}
