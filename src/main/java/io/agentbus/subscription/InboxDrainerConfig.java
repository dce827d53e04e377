package io.agentbus.subscription;

import java.time.Duration;
import java.util.List;

/**
 * Settings of the inbox drainer.
 *
 * @param poll how often to look when no wake-up came
 * @param gap least time between two reads of events: under load one read serves many commits
 * @param pageSize most events handed out in one transaction
 * @param backlogMax deliveries of one subscription that may wait; one with more reads on by itself once they are fewer
 * @param inFlightMax deliveries that this node has under way
 * @param lease so long after a node took a delivery another may take it
 * @param webhookRetries delays before the second, third ... try of a webhook
 * @param innerRetries the same within the bus
 * @param jitterPercent how far a delay may differ, up or down
 * @param keepDelivered how long what was delivered can be listed
 * @param keepDead how long a dead letter can be replayed
 * @param deadMax dead letters of one subscription; the oldest are removed for more
 */
public record InboxDrainerConfig(Duration poll, Duration gap, int pageSize, int backlogMax, int inFlightMax, Duration lease,
    List<Duration> webhookRetries, List<Duration> innerRetries, int jitterPercent, Duration keepDelivered, Duration keepDead,
    int deadMax) {
  public InboxDrainerConfig {
    if (gap.isNegative() || poll.compareTo(gap) <= 0) {
      throw new IllegalArgumentException("poll must be longer than gap, and gap not below zero, not " + poll + " and " + gap);
    }
    if (pageSize < 1 || pageSize > 5_000 || backlogMax < 1 || backlogMax > 1_000_000 || inFlightMax < 1 || inFlightMax > 10_000) {
      throw new IllegalArgumentException("page-size must be 1 to 5000, backlog-max 1 to 1000000 and in-flight-max 1 to 10000, not " + pageSize + ", "
          + backlogMax + " and " + inFlightMax);
    }
    if (lease.toSeconds() < 1 || jitterPercent < 0 || jitterPercent > 90 || keepDelivered.isNegative()) {
      throw new IllegalArgumentException("lease must be at least 1s, jitter-percent 0 to 90 and keep-delivered not below zero, not " + lease + ", "
          + jitterPercent + " and " + keepDelivered);
    }
    if (keepDead.toSeconds() < 1 || deadMax < 1 || deadMax > 1_000_000) {
      throw new IllegalArgumentException("keep-dead must be at least 1s and dead-max 1 to 1000000, not " + keepDead + " and " + deadMax);
    }
  }

  RetryPolicy webhookPolicy() {
    return new RetryPolicy(webhookRetries, jitterPercent / 100.0);
  }

  RetryPolicy innerPolicy() {
    return new RetryPolicy(innerRetries, jitterPercent / 100.0);
  }
}
