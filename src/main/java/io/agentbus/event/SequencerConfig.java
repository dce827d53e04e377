package io.agentbus.event;

import java.time.Duration;

/**
 * Settings of the sequencer.
 *
 * @param poll how often to look when no wake-up came
 * @param gap least time between two runs
 */
public record SequencerConfig(Duration poll, Duration gap) {
  public SequencerConfig {
    if (gap.isNegative() || poll.compareTo(gap) <= 0) {
      throw new IllegalArgumentException("poll must be longer than gap, and gap not below zero, not " + poll + " and " + gap);
    }
  }
}
