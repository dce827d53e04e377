package io.agentbus.work;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** Lengths of pauses between tries: doubling, with jitter, so that workers do not come back all at once. One thread. */
final class Backoff {
  private static final Duration FIRST = Duration.ofMillis(200);
  private static final Duration LONGEST = Duration.ofSeconds(10);
  private Duration next = FIRST;

  /** The next pause: between half of the length and all of it. */
  Duration pause() {
    var length = next;
    next = next.multipliedBy(2).compareTo(LONGEST) > 0 ? LONGEST : next.multipliedBy(2);
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(length.toMillis() / 2, length.toMillis() + 1));
  }

  /** Starts again from the shortest, after a success. */
  void reset() {
    next = FIRST;
  }
}
