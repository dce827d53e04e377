package io.agentbus.memorybus;

import java.time.Duration;

/**
 * Settings of the removal of what is over.
 *
 * @param sweepEvery pause between two rounds
 * @param batchSize entries removed in one transaction
 * @param decidedKept how long actions that were decided are kept
 */
public record MemoryExpiryConfig(Duration sweepEvery, int batchSize, Duration decidedKept) {
  public MemoryExpiryConfig {
    if (sweepEvery.toMillis() < 10 || decidedKept.isNegative()) {
      throw new IllegalArgumentException("sweep-every must be at least 10ms and decided-kept not negative, not " + sweepEvery + " and " + decidedKept);
    }
    if (batchSize < 1 || batchSize > 10_000) {
      throw new IllegalArgumentException("batch-size must be between 1 and 10000, not " + batchSize);
    }
  }
}
