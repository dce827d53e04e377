package io.agentbus.webhook.in;

import io.agentbus.webhook.in.scheme.Scheme;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source as requests are judged by it.
 *
 * @param keys of the secrets that this node can open, with the ends of those that have one
 */
record LiveSource(WebhookSource source, Scheme scheme, List<Key> keys) {
  record Key(byte[] key, @Nullable Instant expiresAt) {}

  /** Those that are good at a time. */
  List<byte[]> keysAt(Instant now) {
    return keys.stream().filter(key -> key.expiresAt() == null || key.expiresAt().isAfter(now)).map(Key::key).toList();
  }
}
