package io.agentbus.subscription;

import java.util.Locale;

/** Where the deliveries of a subscription go. */
public enum Target {
  /** An address outside, by HTTP. */
  WEBHOOK,
  /** An agent's inbox. */
  INBOX,
  /** A job made from a template. */
  JOB,
  /** An address of the event bus. */
  BUS,
  /** A client that reads a stream of server-sent events. */
  SSE;

  String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Target ofWire(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }
}
