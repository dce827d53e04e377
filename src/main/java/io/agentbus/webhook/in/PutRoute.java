package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.cel.Expressions;
import io.agentbus.op.Field;
import org.jspecify.annotations.Nullable;

/** A rule by which webhooks of a source become something; in place of the one of that name. */
public record PutRoute(
    @Field(value = "Name of the source.", required = true, pattern = SourceLimits.NAME, shape = SourceLimits.NAME_SHAPE, positional = 0,
        example = "\"github\"") String source,
    @Field(value = "Name of the route within its source.", required = true, pattern = SourceLimits.ROUTE, shape = SourceLimits.ROUTE_SHAPE,
        positional = 1, example = "\"red builds\"") String name,
    @Field(value = "Place among the routes: lower is looked at first.", min = 0, max = 1_000_000, def = "100") @Nullable Integer order,
    @Field(value = "CEL over event.type, event.topic, event.headers and event.payload; absent = every webhook.", maxLength = Expressions.MAX_LENGTH,
        example = "\"event.type == 'push'\"") @Nullable String when,
    @Field(value = "What is made: job, message and event, each with the fields of enqueue_job, notify and emit_event, or ignore: true. A value"
        + " {cel: text} stands for what the expression answers.", required = true, maxBytes = SourceLimits.THEN_BYTES,
        example = "{\"job\": {\"target_agent\": \"devops\", \"subject\": {\"cel\": \"'build of ' + event.payload.ref\"}}}") ObjectNode then,
    @Field(value = "Whether no later route is looked at when this one matches.", def = "true") @Nullable Boolean last) {}
