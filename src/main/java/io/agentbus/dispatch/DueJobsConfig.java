package io.agentbus.dispatch;

import java.time.Duration;

/**
 * Settings of the mover of due jobs.
 *
 * @param poll longest pause; a job put in meanwhile that is due earlier is late by at most this
 * @param batchSize jobs moved in one transaction
 */
public record DueJobsConfig(Duration poll, int batchSize) {
  public DueJobsConfig {
    if (poll.toMillis() < 10) {
      throw new IllegalArgumentException("poll must be at least 10ms, not " + poll);
    }
    if (batchSize < 1 || batchSize > 10_000) {
      throw new IllegalArgumentException("batch-size must be between 1 and 10000, not " + batchSize);
    }
  }
}
