package io.agentbus.config;

/** How much a node writes to its log (stderr, one JSON object a line). */
public record LoggingConfig(LogLevel level) {
  public static LoggingConfig defaults() {
    return new LoggingConfig(LogLevel.INFO);
  }
}
