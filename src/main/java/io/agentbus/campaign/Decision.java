package io.agentbus.campaign;

/** What an operator makes of a verdict. */
public enum Decision {
  /** Tag the release again and run another campaign. */
  RETAG,
  /** Mend it and run the phases in question again. */
  FIX_FORWARD,
  /** Take it as it is. */
  ACCEPT
}
