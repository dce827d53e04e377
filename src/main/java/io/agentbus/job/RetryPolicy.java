package io.agentbus.job;

/**
 * How long a failed attempt waits for the next: a random time between 0 and {@code min(cap, base * 2^(attempt - 1))}, so that many
 * that failed together do not come back together. The statement {@code job.close} draws it.
 *
 * @param baseSeconds longest wait after the first attempt; above 0
 * @param capSeconds longest wait after any
 */
public record RetryPolicy(double baseSeconds, double capSeconds) {
  public static final RetryPolicy DEFAULT = new RetryPolicy(15, 900);

  public RetryPolicy {
    if (!(baseSeconds > 0) || capSeconds < baseSeconds) {
      throw new IllegalArgumentException("retry base must be above 0 and at most the cap, not " + baseSeconds + " and " + capSeconds);
    }
  }

  /** Longest wait after attempt {@code n}, counted from 1. */
  public double longestAfter(int n) {
    return Math.min(capSeconds, baseSeconds * Math.pow(2, Math.min(n - 1, 30)));
  }
}
