package io.agentbus.subscription;

import io.agentbus.op.Field;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How a webhook is sent, beyond its address. */
public record WebhookSettings(
    @Field(value = "Headers to send along; none that the sender sets itself.", maxItems = 20, maxLength = 1_000)
        @Nullable Map<String, String> headers,
    @Field(value = "How long to wait for an answer.", min = 1, max = 30, def = "15") @Nullable Integer timeoutSeconds,
    @Field(value = "Most requests a second; absent = not limited.", min = 1, max = 1_000) @Nullable Integer ratePerSecond,
    @Field(value = "What the body looks like: standard = that of Standard Webhooks, ai_memory = the flat one of ai-memory.",
        oneOf = {"standard", "ai_memory"}, def = "\"standard\"") @Nullable String format,
    @Field(value = "With format ai_memory: the text with which ai-memory's signature is made beside the usual one; absent = it is not sent.",
        maxLength = 500, pattern = SECRET_PATTERN, shape = SECRET_SHAPE, secret = true) @Nullable String textSecret) {
  /** Shorter ones can be guessed from one delivery. */
  public static final String SECRET_PATTERN = "^[^\\x00]{16,}$";
  public static final String SECRET_SHAPE = "a text of at least 16 characters";

  /** Nothing set. */
  public static final WebhookSettings NONE = new WebhookSettings(null, null, null, null, null);
}
