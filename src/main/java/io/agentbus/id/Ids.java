package io.agentbus.id;

import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes UUIDs of version 7 (RFC 9562): ordered by time, so that a newer id sorts behind an older one of the same process even
 * within one millisecond.
 */
public final class Ids {
  private static final SecureRandom RANDOM = new SecureRandom();
  /** The last value handed out: milliseconds in the upper 52 bits, a counter of 12 bits below. */
  private static final AtomicLong LAST = new AtomicLong();
  private static final int AT_ONCE = 512;
  private static volatile Drawn drawn = Drawn.some();

  private Ids() {}

  /** A new id. Any thread. */
  public static UUID next() {
    var now = System.currentTimeMillis() << 12;
    var stamp = LAST.updateAndGet(last -> Math.max(now, last + 1));
    var high = (stamp >>> 12 << 16) | 0x7000L | (stamp & 0xFFFL);
    var low = (random() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
    return new UUID(high, low);
  }

  /** Random numbers drawn together: one at a time, each has the generator's lock and overhead to itself. Each is handed out once. */
  private record Drawn(long[] numbers, AtomicInteger next) {
    static Drawn some() {
      var bytes = new byte[AT_ONCE * Long.BYTES];
      RANDOM.nextBytes(bytes);
      var numbers = new long[AT_ONCE];
      ByteBuffer.wrap(bytes).asLongBuffer().get(numbers);
      return new Drawn(numbers, new AtomicInteger());
    }
  }

  private static long random() {
    while (true) {
      var from = drawn;
      var at = from.next.getAndIncrement();
      if (at < AT_ONCE) {
        return from.numbers[at];
      }
      drawAgain(from);
    }
  }

  private static synchronized void drawAgain(Drawn empty) {
    if (drawn == empty) {
      drawn = Drawn.some();
    }
  }
}
