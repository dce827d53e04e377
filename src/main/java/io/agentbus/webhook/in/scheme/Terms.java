package io.agentbus.webhook.in.scheme;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What time it is, and how far from it a signed time may lie.
 *
 * @param tolerance to both sides, both ends allowed
 */
public record Terms(Instant now, Duration tolerance) {
  /** Whether {@code seconds}, Unix time in whole seconds, is near enough. Null and anything but digits is not. */
  boolean admits(@Nullable String seconds) {
    if (seconds == null || seconds.isEmpty() || seconds.length() > 12 || !seconds.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return false;
    }
    return Math.abs(Math.subtractExact(now.getEpochSecond(), Long.parseLong(seconds))) <= tolerance.toSeconds();
  }
}
