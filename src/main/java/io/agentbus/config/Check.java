package io.agentbus.config;

import java.time.Duration;

/** The bounds that configuration records hold their values to, each refused with the same words. */
final class Check {
  private Check() {}

  static void within(String key, int value, int min, int max) {
    if (value < min || value > max) {
      throw ConfigException.badValue(key, value, "must be a whole number from " + min + " to " + max);
    }
  }

  static void within(String key, Duration value, Duration min, Duration max) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw ConfigException.badValue(key, Durations.format(value),
          "must be from " + Durations.format(min) + " to " + Durations.format(max));
    }
  }

  static void within(String key, ByteSize value, ByteSize min, ByteSize max) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw ConfigException.badValue(key, value, "must be from " + min + " to " + max);
    }
  }

  static void that(boolean holds, String key, Object value, String rule) {
    if (!holds) {
      throw ConfigException.badValue(key, value, rule);
    }
  }
}
