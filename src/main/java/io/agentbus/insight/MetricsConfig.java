package io.agentbus.insight;

import java.time.Duration;

/**
 * Settings of the metrics.
 *
 * @param sampleEvery pause between two looks at where jobs stand
 */
public record MetricsConfig(Duration sampleEvery) {
  public MetricsConfig {
    if (sampleEvery.toMillis() < 100) {
      throw new IllegalArgumentException("sample-every must be at least 100ms, not " + sampleEvery);
    }
  }
}
