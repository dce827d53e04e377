package io.agentbus.campaign;

/** What a scenario came to. */
public enum ScenarioVerdict {
  PASSED, FAILED, SKIPPED
}
