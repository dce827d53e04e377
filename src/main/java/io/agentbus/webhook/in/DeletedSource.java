package io.agentbus.webhook.in;

import io.agentbus.op.Field;
import java.util.UUID;

/** A source that is gone, with its routes, secrets and webhooks. */
public record DeletedSource(
    @Field(value = "Its id.", required = true) UUID id,
    @Field(value = "Its name.", required = true) String name) {}
