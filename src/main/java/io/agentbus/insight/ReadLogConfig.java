package io.agentbus.insight;

import java.time.Duration;

/**
 * Settings of the read log.
 *
 * @param flushEvery how long a note waits to be written: so much is lost when the node is killed
 */
public record ReadLogConfig(Duration flushEvery) {
  public ReadLogConfig {
    if (flushEvery.toMillis() < 10) {
      throw new IllegalArgumentException("flush-every must be at least 10ms, not " + flushEvery);
    }
  }
}
