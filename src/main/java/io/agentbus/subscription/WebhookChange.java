package io.agentbus.subscription;

import io.agentbus.op.Field;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What to change of how a webhook is sent; what is absent stays. */
public record WebhookChange(
    @Field(value = "Headers to send along; replaces those there.", maxItems = 20, maxLength = 1_000) @Nullable Map<String, String> headers,
    @Field(value = "How long to wait for an answer.", min = 1, max = 30) @Nullable Integer timeoutSeconds,
    @Field(value = "Most requests a second; 0 = not limited.", min = 0, max = 1_000) @Nullable Integer ratePerSecond) {
  /** Nothing changed. */
  public static final WebhookChange NONE = new WebhookChange(null, null, null);
}
