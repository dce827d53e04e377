package io.agentbus.subscription;

import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * When a delivery is tried again. Pure.
 *
 * @param delays before the second, third ... try; after the last of them it is a dead letter
 * @param jitter how far a delay may differ, as a part of it: 0.2 is 20 % up or down
 */
public record RetryPolicy(List<Duration> delays, double jitter) {
  public RetryPolicy {
    if (delays.stream().anyMatch(Duration::isNegative) || jitter < 0 || jitter >= 1) {
      throw new IllegalArgumentException("delays must not be below zero and the jitter between 0 and 1, not " + delays + " and " + jitter);
    }
  }

  /**
   * The delay after a failed try.
   *
   * @param tries how many have failed, this one included
   * @param asked what the target asked for, or null: kept between the delay and twice that, and then prolonged by up to the jitter, so that
   *     what waited together does not come back together
   * @return null when the tries are used up
   */
  @Nullable Duration after(int tries, @Nullable Duration asked, RandomGenerator random) {
    if (tries > delays.size()) {
      return null;
    }
    var delay = delays.get(tries - 1);
    if (asked != null) {
      var most = delay.multipliedBy(2);
      var kept = asked.compareTo(delay) < 0 ? delay : asked.compareTo(most) > 0 ? most : asked;
      return times(kept, 1 + jitter * random.nextDouble());
    }
    return times(delay, 1 + jitter * (2 * random.nextDouble() - 1));
  }

  private static Duration times(Duration delay, double factor) {
    return Duration.ofMillis(Math.round(delay.toMillis() * factor));
  }
}
