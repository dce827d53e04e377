package io.agentbus.job;

/**
 * When a time without any node counts as an outage, which is not charged to leases. What the lease sweeper is set to holds for whoever
 * ends leases.
 *
 * @param afterSeconds a longer time in which no node swept is an outage; above 0
 * @param graceSeconds what leases get on top of it, so that workers can come back; at least 0
 */
public record Outage(double afterSeconds, double graceSeconds) {
  public static final Outage DEFAULT = new Outage(2.5, 15);

  public Outage {
    if (!(afterSeconds > 0) || !(graceSeconds >= 0)) {
      throw new IllegalArgumentException("an outage must be longer than 0 s and its grace at least 0 s, not " + afterSeconds + " and " + graceSeconds);
    }
  }
}
