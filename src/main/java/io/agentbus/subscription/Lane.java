package io.agentbus.subscription;

/**
 * Into which part of a node's slots a delivery goes. Each lane has what those before it may have, and some that those can never take: whatever
 * becomes of them, it goes on.
 */
enum Lane {
  /** A webhook of which the last answer took long, or that has given none. */
  UNPROVEN,
  /** A webhook of which the last answer came within a moment. */
  QUICK,
  /** A target within the bus. */
  INNER;

  static Lane of(int number) {
    return values()[number];
  }

  /** How many of {@code slots} this lane and those before it may have together: a half, three quarters, all. */
  int most(int slots) {
    return Math.min(slots, Math.max(ordinal() + 1, slots * (ordinal() + 2) / 4));
  }

  /** How many of these one owner may have, and as many the requests to one host: a quarter. */
  int share(int slots) {
    return Math.min(slots, Math.max(ordinal() + 1, most(slots) / 4));
  }
}
