package io.agentbus.webhook.out;

import java.time.Duration;

/**
 * How long an endpoint may fail.
 *
 * @param holdFrom after so many failures in a row it is left alone for a while each time
 * @param hold that while: it costs an endpoint that is down nothing, and those who share the node little
 * @param countFrom from the so-manieth failure within a day on the time counts: one failure is none of the endpoint
 * @param disableAfter when there was nothing but failures for so long, it is disabled
 */
public record Patience(int holdFrom, Duration hold, int countFrom, Duration disableAfter) {
  public static final Patience DEFAULT = new Patience(5, Duration.ofMinutes(1), 5, Duration.ofHours(120));

  /** The same with what an operator set. */
  public static Patience of(Duration hold, Duration disableAfter) {
    return new Patience(DEFAULT.holdFrom, hold, DEFAULT.countFrom, disableAfter);
  }
}
