package io.agentbus.op;

import java.util.Locale;

/** What a token may do, beyond its namespaces. */
public enum Right {
  /** No token needed: the input itself carries the proof (a join token). */
  NONE,
  /** See jobs, events and agents. */
  READ,
  /** Ask for work and state facts: enqueue, emit, cancel what one asked for. */
  ASK,
  /** Claim jobs and finish them, as an agent. */
  WORK,
  /** Override: retry, kill, pause, register others. */
  OPERATE,
  /** Make and revoke tokens. */
  ADMIN;

  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
