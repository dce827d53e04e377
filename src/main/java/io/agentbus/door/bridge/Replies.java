package io.agentbus.door.bridge;

import io.vertx.core.eventbus.Message;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The reply addresses that one connection was given and may answer at, each once and for a time. Any thread. */
final class Replies {
  private record Open(Message<Object> request, long until) {}

  private final Map<String, Open> open = new HashMap<>();
  private final int most;
  private final long nanos;

  Replies(int most, Duration lifetime) {
    this.most = most;
    this.nanos = lifetime.toNanos();
  }

  /** The address to answer at; null when too many are open. */
  synchronized @Nullable String add(Message<Object> request) {
    if (open.size() >= most) {
      var now = System.nanoTime();
      open.values().removeIf(one -> one.until - now <= 0);
      if (open.size() >= most) {
        return null;
      }
    }
    var address = UUID.randomUUID().toString();
    open.put(address, new Open(request, System.nanoTime() + nanos));
    return address;
  }

  /** The request that is answered at the address; null when there is none any more. */
  synchronized @Nullable Message<Object> take(String address) {
    var found = open.remove(address);
    return found == null || found.until - System.nanoTime() <= 0 ? null : found.request;
  }

  /** Those that nobody will answer. */
  synchronized List<Message<Object>> drain() {
    var left = open.values().stream().map(Open::request).toList();
    open.clear();
    return left;
  }
}
