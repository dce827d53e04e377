package io.agentbus.dispatch;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/** What is remembered of an agent's failures: since when it admits nothing, and until when it is left alone. Any thread. */
final class Patience {
  private final BackOffPolicy policy;
  private int failures;
  private long notBefore = System.nanoTime();

  Patience(BackOffPolicy policy) {
    this.policy = policy;
  }

  /**
   * A hand-over failed.
   *
   * @return for how long the agent is left alone from now on. Those that fail while it is left alone were under way together: they count as one
   */
  synchronized Duration failed() {
    var left = left();
    if (left.isPositive()) {
      return left;
    }
    var pause = policy.after(++failures, ThreadLocalRandom.current().nextDouble());
    notBefore = System.nanoTime() + pause.toNanos();
    return pause;
  }

  /** The agent admitted a job. */
  synchronized void admitted() {
    failures = 0;
    notBefore = System.nanoTime();
  }

  /** Whether the last hand-over failed: then one job is tried before more are claimed. */
  synchronized boolean failing() {
    return failures > 0;
  }

  /** For how long the agent is left alone yet; not above zero when it is not. */
  synchronized Duration left() {
    return Duration.ofNanos(notBefore - System.nanoTime());
  }
}
