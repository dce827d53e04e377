package io.agentbus.campaign;

/** What a phase came to. */
public enum Verdict {
  PASSED, FAILED
}
