package io.agentbus.campaign;

import java.time.Duration;

/**
 * Settings of the campaign sweeper.
 *
 * @param sweepEvery pause between two looks
 * @param batchSize runs marked in one look
 * @param outageAfter a longer time in which no node looked is not charged to workers
 * @param outageGrace given to workers on top of an outage, so that they can come back
 * @param reportWithin how long after its job succeeded a run waits for its report before it counts as stuck
 * @param endedKept how long after its end a campaign is kept with its evidence
 */
public record CampaignSweeperConfig(Duration sweepEvery, int batchSize, Duration outageAfter, Duration outageGrace, Duration reportWithin, Duration endedKept) {
  public CampaignSweeperConfig {
    if (sweepEvery.toMillis() < 10 || outageAfter.compareTo(sweepEvery.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException("sweep-every must be at least 10ms and outage-after at least twice that, not " + sweepEvery + " and " + outageAfter);
    }
    if (reportWithin.isNegative()) {
      throw new IllegalArgumentException("report-within must not be below zero, not " + reportWithin);
    }
    if (endedKept.compareTo(Duration.ofHours(1)) < 0) {
      throw new IllegalArgumentException("ended-kept must be at least 1h, not " + endedKept);
    }
    if (batchSize < 1 || batchSize > 1_000) {
      throw new IllegalArgumentException("batch-size must be between 1 and 1000, not " + batchSize);
    }
  }
}
