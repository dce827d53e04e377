package io.agentbus.webhook.in;

import io.agentbus.webhook.in.scheme.Scheme;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A source as requests are judged by it.
 *
 * @param keys of the secrets that this node can open, with the ends of those that have one
 * @param lacksKeys whether there are secrets that it cannot open: what is not proven may be so at another node
 */
record LiveSource(WebhookSource source, Scheme scheme, List<Key> keys, boolean lacksKeys) {
  record Key(byte[] key, @Nullable Instant expiresAt) {}

  /** Those that are good at a time. */
  List<byte[]> keysAt(Instant now) {
    return keys.stream().filter(key -> key.expiresAt() == null || key.expiresAt().isAfter(now)).map(Key::key).toList();
  }
}
