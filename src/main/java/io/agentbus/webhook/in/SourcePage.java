package io.agentbus.webhook.in;

import io.agentbus.op.Field;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A page of sources, by name. */
public record SourcePage(
    @Field(value = "The sources.", required = true) List<WebhookSource> items,
    @Field("Cursor of the next page; null on the last.") @Nullable String next) {}
