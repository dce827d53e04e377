package io.agentbus.dispatch;

import io.agentbus.job.LeaseSweeps;
import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;
import java.time.Duration;

/** Makes jobs claimable when their time comes: sleeps until the next one is due, and never longer than a poll. */
public final class DueJobsVerticle extends LoopVerticle {
  private final LeaseSweeps sweeps;
  private final DueJobsConfig config;

  public DueJobsVerticle(LeaseSweeps sweeps, DueJobsConfig config) {
    this.sweeps = sweeps;
    this.config = config;
    own(Loop.paced("due-jobs", config.poll(), this::moveDue));
  }

  private Duration moveDue() {
    while (sweeps.moveDue(config.batchSize()) == config.batchSize()) {
      // More are due.
    }
    var next = sweeps.nextDueMillis();
    return next == null || next > config.poll().toMillis() ? config.poll() : Duration.ofMillis(next + 1);
  }
}
