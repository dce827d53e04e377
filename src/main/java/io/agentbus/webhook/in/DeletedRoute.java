package io.agentbus.webhook.in;

import io.agentbus.op.Field;

/** A route that is gone. */
public record DeletedRoute(
    @Field(value = "Name of the source.", required = true) String source,
    @Field(value = "Name of the route.", required = true) String name) {}
