package io.agentbus.http;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes of bodies that are held although nobody knows yet who sent them: bounded for all together, and so that no address takes all of it.
 * Any thread; holds no more addresses than there are bodies under way.
 */
final class StrangerBodies {
  private final long most;
  private final long mostOfAddress;
  private final AtomicLong held = new AtomicLong();
  private final ConcurrentHashMap<String, Long> byAddress = new ConcurrentHashMap<>();

  /** @param most bytes of all together @param mostOfAddress bytes of one address */
  StrangerBodies(long most, long mostOfAddress) {
    this.most = most;
    this.mostOfAddress = mostOfAddress;
  }

  /** Takes bytes for a body; every {@code true} is paid back by {@link #giveBack}. */
  boolean take(String address, long bytes) {
    if (held.addAndGet(bytes) > most) {
      held.addAndGet(-bytes);
      return false;
    }
    if (byAddress.merge(address, bytes, Long::sum) > mostOfAddress) {
      giveBack(address, bytes);
      return false;
    }
    return true;
  }

  void giveBack(String address, long bytes) {
    if (bytes > 0) {
      byAddress.computeIfPresent(address, (_, has) -> has <= bytes ? null : has - bytes);
      held.addAndGet(-bytes);
    }
  }

  /** Bytes held now. */
  long held() {
    return held.get();
  }
}
