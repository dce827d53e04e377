package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A rule by which webhooks of a source become something. */
public record SourceRoute(
    @Field(value = "Its id.", required = true) UUID id,
    @Field(value = "Name of its source.", required = true) String source,
    @Field(value = "Its name.", required = true) String name,
    @Field(value = "Place among the routes: lower is looked at first, then by name.", required = true) int order,
    @Field("CEL over the event; null = every webhook.") @Nullable String when,
    @Field(value = "What is made.", required = true) JsonNode then,
    @Field(value = "Whether no later route is looked at when this one matches.", required = true) boolean last,
    @Field(value = "When it was made.", required = true) Instant createdAt,
    @Field(value = "By whom.", required = true) String createdBy,
    @Field(value = "When it was last changed.", required = true) Instant updatedAt) {}
