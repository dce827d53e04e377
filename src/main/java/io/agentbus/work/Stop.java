package io.agentbus.work;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A wish to stop, which every pause of its hearers ends early for. Once raised it stays. */
final class Stop {
  private final CountDownLatch raised = new CountDownLatch(1);

  void raise() {
    raised.countDown();
  }

  boolean isRaised() {
    return raised.getCount() == 0;
  }

  /** Waits, at most {@code limit}; returns whether it was raised. */
  boolean await(Duration limit) throws InterruptedException {
    return raised.await(limit.toNanos(), TimeUnit.NANOSECONDS);
  }
}
