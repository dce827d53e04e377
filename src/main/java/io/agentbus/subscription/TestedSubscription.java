package io.agentbus.subscription;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Field;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a subscription makes of an event. Nothing was sent. */
public record TestedSubscription(
    @Field(value = "Whether it would be told.", required = true) boolean matches,
    @Field("Why not; null when it would.") @Nullable String reason,
    @Field("What would be sent: the job of a job target, the message of an inbox, else the event.") @Nullable JsonNode sends,
    @Field("Id of the delivery it would have.") @Nullable UUID deliveryId) {}
