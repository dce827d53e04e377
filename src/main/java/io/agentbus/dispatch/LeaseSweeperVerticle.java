package io.agentbus.dispatch;

import io.agentbus.job.Dependencies;
import io.agentbus.job.LeaseSweeps;
import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;
import java.time.Duration;

/** Ends what ran out: leases, attempts past their time-out, blocks whose review is due, waits that a crash left undecided. */
public final class LeaseSweeperVerticle extends LoopVerticle {
  /** Waits that a crash left undecided are rare, and looking for them reads all who wait. */
  private static final Duration LEFTOVERS_EVERY = Duration.ofSeconds(10);

  private final LeaseSweeps sweeps;
  private final Dependencies dependencies;
  private final LeaseSweeperConfig config;
  private long leftoversDue = System.nanoTime();

  public LeaseSweeperVerticle(LeaseSweeps sweeps, Dependencies dependencies, LeaseSweeperConfig config) {
    this.sweeps = sweeps;
    this.dependencies = dependencies;
    this.config = config;
    own(Loop.every("lease-sweeper", config.sweepEvery(), this::sweep));
    own(Loop.every("served-clock", config.sweepEvery(), this::serve));
  }

  /** One round; goes on while batches come back full, so that a backlog of expired leases is not worked off by the clock. */
  private void sweep() {
    // First of all: time in which no node served is not charged to anyone.
    serve();
    var batch = config.batchSize();
    var full = true;
    while (full) {
      var swept = sweeps.expire(batch);
      full = swept.requeued().size() + swept.dead().size() == batch;
    }
    while (sweeps.review(batch) == batch) {
      // The next batch is due as well.
    }
    if (System.nanoTime() - leftoversDue >= 0) {
      leftoversDue = System.nanoTime() + LEFTOVERS_EVERY.toNanos();
      dependencies.sweep(batch);
    }
  }

  /** Has a loop of its own too: a round that has much to do must not look like an outage. */
  private void serve() {
    sweeps.serve();
  }
}
