package io.agentbus.subscription;

import java.util.Locale;

/** Whether a subscription is served. */
public enum SubscriptionStatus {
  /** It is. */
  ACTIVE,
  /** Somebody paused it: what comes meanwhile is told once it is resumed. */
  PAUSED,
  /** Its target wants nothing more, or its owner has no right left; it can be resumed in the same way. */
  DISABLED;

  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static SubscriptionStatus ofWire(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
