package io.agentbus.job;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Where a job stands. */
public enum JobStatus {
  WAITING, QUEUED, LEASED, RUNNING, BLOCKED, SUCCEEDED, FAILED, DEAD, CANCELLED;

  @JsonValue
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }

  public static JobStatus ofWire(String wire) {
    return valueOf(wire.toUpperCase(Locale.ROOT));
  }

  /** Final: only an operator's {@code retry_job} reopens. */
  public boolean ended() {
    return switch (this) {
      case SUCCEEDED, FAILED, DEAD, CANCELLED -> true;
      case WAITING, QUEUED, LEASED, RUNNING, BLOCKED -> false;
    };
  }

  /** Someone holds a lease. */
  public boolean held() {
    return this == LEASED || this == RUNNING;
  }
}
