package io.agentbus.subscription;

import java.util.Locale;

/** Where a delivery stands. */
public enum DeliveryStatus {
  /** It waits for its next try, or is being tried. */
  PENDING,
  /** The target has it. */
  DELIVERED,
  /** A dead letter: it is kept until somebody replays it. */
  DEAD;

  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static DeliveryStatus ofWire(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
