package io.agentbus.campaign;

/** Where a campaign stands. */
public enum CampaignStatus {
  /** Some phase has not landed. */
  OPEN,
  /** All phases have landed, and passed. */
  PASSED,
  /** All phases have landed, and some failed. */
  FAILED,
  CANCELLED
}
