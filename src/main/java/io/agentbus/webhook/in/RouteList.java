package io.agentbus.webhook.in;

import io.agentbus.op.Field;
import java.util.List;

/** The routes of a source. */
public record RouteList(
    @Field(value = "The routes, in the order in which they are looked at.", required = true) List<SourceRoute> items) {}
