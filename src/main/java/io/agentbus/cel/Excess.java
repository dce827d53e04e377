package io.agentbus.cel;

/** Which limit an evaluation met. */
public enum Excess {
  /** It takes more steps over this event than it may: so it will each time. */
  STEPS,
  /** It took too long by the clock, which may be the node's fault. */
  TIME
}
