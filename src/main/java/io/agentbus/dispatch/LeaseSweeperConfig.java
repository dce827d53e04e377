package io.agentbus.dispatch;

import io.agentbus.job.Outage;
import java.time.Duration;

/**
 * Settings of the lease sweeper.
 *
 * @param sweepEvery pause between two rounds
 * @param batchSize leases ended in one transaction
 * @param outageAfter a longer time in which no node swept counts as an outage and is not charged to leases
 * @param outageGrace given to leases on top of an outage, so that workers can come back
 */
public record LeaseSweeperConfig(Duration sweepEvery, int batchSize, Duration outageAfter, Duration outageGrace) {
  /** What counts as an outage by these settings: for the sweeper, and for an operator who sweeps by hand. */
  public Outage outage() {
    return new Outage(outageAfter.toMillis() / 1_000.0, outageGrace.toMillis() / 1_000.0);
  }

  public LeaseSweeperConfig {
    if (sweepEvery.toMillis() < 10 || outageAfter.compareTo(sweepEvery.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException("sweep-every must be at least 10ms and outage-after at least twice that, not " + sweepEvery + " and " + outageAfter);
    }
    if (batchSize < 1 || batchSize > 1_000) {
      throw new IllegalArgumentException("batch-size must be between 1 and 1000, not " + batchSize);
    }
  }
}
