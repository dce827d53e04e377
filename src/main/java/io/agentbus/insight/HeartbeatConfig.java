package io.agentbus.insight;

import java.time.Duration;

/**
 * Settings of the heartbeat writer.
 *
 * @param beatEvery pause between two signs of life of the node; it counts as stale after 90 s
 * @param presenceEvery pause between two writings of which agents were heard of
 */
public record HeartbeatConfig(Duration beatEvery, Duration presenceEvery) {
  public HeartbeatConfig {
    if (beatEvery.toMillis() < 100 || beatEvery.toSeconds() > 30 || presenceEvery.toMillis() < 100 || presenceEvery.toSeconds() > 30) {
      throw new IllegalArgumentException("beat-every and presence-every must be between 100ms and 30s, not " + beatEvery + " and " + presenceEvery);
    }
  }
}
