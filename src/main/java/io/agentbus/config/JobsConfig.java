package io.agentbus.config;

import java.time.Duration;

/**
 * What a job gets when the caller who asked for it says nothing else.
 *
 * @param defaultLease length of a lease
 * @param maxAttempts counted attempts before a job is dead
 * @param retryBase ceiling of the random delay before the second attempt; it doubles with each further one
 * @param retryCap the ceiling stops growing here
 */
public record JobsConfig(Duration defaultLease, int maxAttempts, Duration retryBase, Duration retryCap) {

  public JobsConfig {
    Check.within("jobs.default-lease", defaultLease, Duration.ofSeconds(1), Duration.ofDays(7));
    Check.within("jobs.max-attempts", maxAttempts, 1, 1_000);
    Check.within("jobs.retry-cap", retryCap, Duration.ZERO, Duration.ofDays(1));
    Check.within("jobs.retry-base", retryBase, Duration.ZERO, retryCap);
  }

  public static JobsConfig defaults() {
    return new JobsConfig(Duration.ofSeconds(600), 5, Duration.ofSeconds(15), Duration.ofMinutes(15));
  }
}
