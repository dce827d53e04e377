package io.agentbus.webhook.in;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A place that webhooks come from. */
public record WebhookSource(
    @Field(value = "Its id.", required = true) UUID id,
    @Field(value = "Its name.", required = true) String name,
    @Field(value = "Namespace that its webhooks belong to.", required = true) NamespacePath namespace,
    @Field(value = "How its sender proves itself.", required = true) String scheme,
    @Field(value = "Path to which its sender posts.", required = true) String path,
    @Field(value = "Whether it is listened to.", required = true) boolean enabled,
    @Field("Agent that jobs and messages go to when nothing names another.") @Nullable String defaultAgent,
    @Field(value = "Seconds by which a signed time may be off.", required = true) int toleranceSeconds,
    @Field(value = "Largest body in bytes.", required = true) int maxBodyBytes,
    @Field(value = "Seconds for which the sender's id of a delivery is remembered.", required = true) int dedupeSeconds,
    @Field(value = "Seconds for which a delivery without an id is known by its body.", required = true) int repeatSeconds,
    @Field(value = "Headers that routes may look at besides those that the scheme tells.", required = true) List<String> headers,
    @Field(value = "The secrets that are good now.", required = true) List<KnownSecret> secrets,
    @Field(value = "Webhooks that wait for their route, counted up to 1000.", required = true) int waiting,
    @Field(value = "Webhooks that could not be routed, counted up to 1000.", required = true) int dead,
    @Field(value = "When it was made.", required = true) Instant createdAt,
    @Field(value = "By whom.", required = true) String createdBy,
    @Field(value = "When it was last changed.", required = true) Instant updatedAt) {

  WebhookSource with(List<KnownSecret> known) {
    return new WebhookSource(id, name, namespace, scheme, path, enabled, defaultAgent, toleranceSeconds, maxBodyBytes, dedupeSeconds, repeatSeconds,
        headers, known, waiting, dead, createdAt, createdBy, updatedAt);
  }
}
