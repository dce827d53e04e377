package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Field;
import io.agentbus.op.Limit;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A webhook to try the routes of a source on: one that came, or one made up. */
public record TestRoute(
    @Field(value = "Name of the source.", required = true, pattern = SourceLimits.NAME, shape = SourceLimits.NAME_SHAPE, positional = 0,
        example = "\"github\"") String source,
    @Field(value = "A webhook that came from it; absent = payload and headers say one.") @Nullable UUID webhookId,
    @Field(value = "Headers of a webhook that is made up.", maxItems = 100, maxLength = SourceLimits.KEPT_TEXT) @Nullable Map<String, String> headers,
    @Field(value = "Its body, a JSON object.", limit = Limit.PAYLOAD) @Nullable ObjectNode payload) {}
