package io.agentbus.webhook.in;

import io.agentbus.op.Field;

/** Names a route of a source. */
public record RouteRef(
    @Field(value = "Name of the source.", required = true, pattern = SourceLimits.NAME, shape = SourceLimits.NAME_SHAPE, positional = 0,
        example = "\"github\"") String source,
    @Field(value = "Name of the route.", required = true, pattern = SourceLimits.ROUTE, shape = SourceLimits.ROUTE_SHAPE, positional = 1,
        example = "\"red builds\"") String name) {}
