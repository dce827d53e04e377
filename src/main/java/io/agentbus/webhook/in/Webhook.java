package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Field;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Something that came from a source and was proven. */
public record Webhook(
    @Field(value = "Its id.", required = true) UUID id,
    @Field(value = "Name of its source.", required = true) String source,
    @Field(value = "Namespace of its source.", required = true) NamespacePath namespace,
    @Field("The sender's id of the delivery; null when it has none.") @Nullable String deliveryId,
    @Field(value = "Its type in the sender's words.", required = true) String type,
    @Field(value = "Topic of the event that it becomes.", required = true) String topic,
    @Field(value = "Bytes of the payload.", required = true) int bytes,
    @Field(value = "When it came.", required = true) Instant receivedAt,
    @Field(value = "How it stands: accepted waits for its route, dead could not be routed, replaced is a dead one that its sender sent again.",
        required = true, oneOf = {"accepted", "routed", "dead", "replaced"}) String status,
    @Field(value = "How often it was tried to route it.", required = true) int tries,
    @Field("Why that last failed.") @Nullable String lastError,
    @Field("Ids of what it became: event_id, and a list of what each route made.") @Nullable JsonNode made,
    @Field("When it was routed or given up.") @Nullable Instant endedAt) {}
