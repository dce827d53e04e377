package io.agentbus.door.mcp.wire;

import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How grave something is, as syslog has it (RFC 5424), least first. */
public enum LogLevel {
  DEBUG, INFO, NOTICE, WARNING, ERROR, CRITICAL, ALERT, EMERGENCY;

  /** The level of this name in lower case, or null. */
  public static @Nullable LogLevel ofWire(@Nullable String wire) {
    return Arrays.stream(values()).filter(level -> level.name().toLowerCase(Locale.ROOT).equals(wire)).findFirst()
        .orElse(null);
  }
}
