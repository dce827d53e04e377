package io.agentbus.id;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes UUIDs of version 7 (RFC 9562): ordered by time, so that a newer id sorts behind an older one of the same process even
 * within one millisecond.
 */
public final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();
  /** The last value handed out: milliseconds in the upper 52 bits, a counter of 12 bits below. */
  private static final AtomicLong LAST = new AtomicLong();

  private Ids() {}

  /** A new id. Any thread. */
  public static UUID next() {
    var now = System.currentTimeMillis() << 12;
    var stamp = LAST.updateAndGet(last -> Math.max(now, last + 1));
    var high = (stamp >>> 12 << 16) | 0x7000L | (stamp & 0xFFFL);
    var low = (RANDOM.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }
}
