package io.agentbus.campaign;

/** Limits of campaigns, that hold on every node. */
final class CampaignLimits {
  /** Open campaigns of one namespace. */
  static final int OPEN = 100;
  /** Phases of a campaign. */
  static final int PHASES = 100;
  /** Runs of one phase. */
  static final int RUNS = 20;
  /** Scenarios that one run captures. */
  static final int SCENARIOS = 100;
  static final int NAME = 100;
  static final int TEXT = 2_000;
  static final int SECONDS = 31_536_000;
  /** Bytes of what a report says beside the fields that have names. */
  static final int DETAILS = 4_096;
  /** Bytes of the result and of the trace of one scenario. */
  static final int CAPTURE = 65_536;
  /** Characters of what a scenario wrote on stderr. */
  static final int STDERR = 20_000;
  /** Rows of a campaign's timeline, the newest. */
  static final int TIMELINE = 1_000;
  static final String WORD = "^[a-zA-Z0-9][a-zA-Z0-9 ._:/@+()-]*$";
  static final String WORD_SHAPE = "a name that begins with a letter or digit and holds only those, spaces and . _ : / @ + ( ) -";
  static final String AGENT = "^[a-zA-Z0-9][a-zA-Z0-9._:@-]{0,99}$";
  static final String AGENT_SHAPE = "an agent name: letters, digits, '.', '_', ':', '@' or '-', at most 100";

  private CampaignLimits() {}
}
