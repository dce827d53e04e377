package io.agentbus.job;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Class of work that can be paused alone. */
public enum Lane {
  REACTIVE, SCHEDULED, DELIVERY, CODING, PROACTIVE, MEMORY, IDLE, PROJECTION;

  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  @JsonCreator
  public static Lane ofWire(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }

  /** The lane of a job type unless the caller names one; the SQL function {@code lane_of} says the same. */
  public static Lane ofJobType(String jobType) {
    return switch (jobType) {
      case "scheduled" -> SCHEDULED;
      case "delivery" -> DELIVERY;
      case "coding" -> CODING;
      case "proactive" -> PROACTIVE;
      case "memory" -> MEMORY;
      case "idle" -> IDLE;
      case "projection" -> PROJECTION;
      default -> {
        if (jobType.startsWith("dev.") || jobType.startsWith("coding.")) {
          yield CODING;
        }
        yield jobType.startsWith("memory.") ? MEMORY : jobType.startsWith("idle.") ? IDLE : REACTIVE;
      }
    };
  }
}
