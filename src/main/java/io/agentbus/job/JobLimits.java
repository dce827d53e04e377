package io.agentbus.job;

/** Limits of the fields of a job, that hold on every node. */
final class JobLimits {
  static final int TEXT = 4_000;
  static final int SUMMARY = 20_000;
  static final int KEY = 500;
  static final int DEPENDENCIES = 1_000;
  static final int SECONDS = 31_536_000;
  static final String AGENT = "^[a-zA-Z0-9][a-zA-Z0-9._:@-]{0,99}$";
  static final String AGENT_SHAPE = "an agent name: letters, digits, '.', '_', ':', '@' or '-', at most 100";

  private JobLimits() {}
}
