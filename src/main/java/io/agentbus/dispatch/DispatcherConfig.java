package io.agentbus.dispatch;

import java.time.Duration;

/**
 * Settings of the dispatcher.
 *
 * @param poll how often to look for agents when no change was heard of
 * @param replyWithin how long an agent may take to admit a job
 * @param atOnce jobs of one agent that may wait for its reply
 * @param agentsMax agents that one node serves
 * @param backOffBase longest pause after the first failed hand-over to an agent
 * @param backOffCap longest pause after any
 * @param stopGrace how long a stopping node waits for replies before it hands back
 */
public record DispatcherConfig(Duration poll, Duration replyWithin, int atOnce, int agentsMax, Duration backOffBase, Duration backOffCap, Duration stopGrace) {
  public DispatcherConfig {
    if (poll.toMillis() < 10 || replyWithin.toMillis() < 10 || stopGrace.isNegative()) {
      throw new IllegalArgumentException("poll and reply-within must be at least 10ms, and stop-grace not below zero, not " + poll + ", " + replyWithin
          + " and " + stopGrace);
    }
    if (atOnce < 1 || atOnce > 100 || agentsMax < 1 || agentsMax > 10_000) {
      throw new IllegalArgumentException("at-once must be between 1 and 100 and agents-max between 1 and 10000, not " + atOnce + " and " + agentsMax);
    }
    if (backOffBase.toMillis() < 1 || backOffCap.compareTo(backOffBase) < 0) {
      throw new IllegalArgumentException("back-off-base must be at least 1ms and back-off-cap not below it, not " + backOffBase + " and " + backOffCap);
    }
  }

  /** The rule of pauses by these settings. */
  BackOffPolicy backOff() {
    return new BackOffPolicy(backOffBase.toMillis(), backOffCap.toMillis());
  }
}
