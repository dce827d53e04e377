package io.agentbus.webhook.in;

import java.time.Duration;

/**
 * Settings of the webhook receiver.
 *
 * @param poll longest pause; a webhook that another node took is routed within this
 * @param routers webhooks of this node that are routed at once
 * @param retryBase pause after the first failure to route one; doubles with each
 * @param retryCap longest such pause
 * @param maxTries failures after which a webhook is dead
 * @param maxWaiting webhooks of a source that may wait before its sender is asked to come back later
 * @param keep how long a routed webhook can be looked at
 * @param keepDead how long a dead one can
 */
public record WebhookReceiverConfig(Duration poll, int routers, Duration retryBase, Duration retryCap, int maxTries, int maxWaiting, Duration keep,
    Duration keepDead) {
  public WebhookReceiverConfig {
    if (poll.toMillis() < 10 || retryBase.toMillis() < 10 || retryCap.compareTo(retryBase) < 0) {
      throw new IllegalArgumentException("poll and retry-base must be at least 10ms and retry-cap no less than retry-base, not " + poll + ", " + retryBase
          + " and " + retryCap);
    }
    if (routers < 1 || routers > 16 || maxTries < 1 || maxTries > 1_000 || maxWaiting < 1 || maxWaiting > 1_000_000) {
      throw new IllegalArgumentException("routers must be between 1 and 16, max-tries between 1 and 1000 and max-waiting between 1 and 1000000, not "
          + routers + ", " + maxTries + " and " + maxWaiting);
    }
    if (keep.toMinutes() < 1 || keepDead.compareTo(keep) < 0) {
      throw new IllegalArgumentException("keep must be at least 1m and keep-dead no less, not " + keep + " and " + keepDead);
    }
  }
}
