package io.agentbus.http;

import java.util.List;

/**
 * How a node is, as anyone who reaches it may know: no addresses, names of others or causes.
 *
 * @param ok whether all is well
 * @param checks what was looked at
 */
public record HealthReport(boolean ok, List<Check> checks) {
  /**
   * One thing looked at.
   *
   * @param name such as {@code database}
   * @param ok whether it is well
   * @param detail a short sentence, fit for strangers; empty when there is nothing to say
   */
  public record Check(String name, boolean ok, String detail) {}

  /** The report of these checks: well when all are. */
  public static HealthReport of(List<Check> checks) {
    return new HealthReport(checks.stream().allMatch(Check::ok), List.copyOf(checks));
  }
}
