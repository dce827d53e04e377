package io.agentbus.event;

import java.time.Duration;

/**
 * Settings of the event publisher.
 *
 * @param renewEvery how often the node that publishes for a cluster says so and notes how far it is; others look as often whether it is gone
 * @param takeOverAfter so long after its last word it counts as gone
 * @param gap least time between two reads of news
 * @param pageSize positions of one read, each an event or none
 */
public record EventPublisherConfig(Duration renewEvery, Duration takeOverAfter, Duration gap, int pageSize) {
  public EventPublisherConfig {
    if (gap.isNegative() || renewEvery.compareTo(gap) <= 0 || takeOverAfter.compareTo(renewEvery.multipliedBy(2)) < 0) {
      throw new IllegalArgumentException("renew-every must be longer than gap, and take-over-after at least twice renew-every, not " + renewEvery
          + ", " + gap + " and " + takeOverAfter);
    }
    if (pageSize < 1 || pageSize > 10_000) {
      throw new IllegalArgumentException("page-size must be between 1 and 10000, not " + pageSize);
    }
  }
}
