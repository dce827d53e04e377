package io.agentbus.crypto;

import java.util.Locale;

/** What a token is for; its first characters say so, so that a wrong paste or a leaked one explains itself. */
public enum TokenKind {
  /** Overrides work: pause, retry, register others. */
  OPERATOR("abo_"),
  /** Acts as one agent. */
  AGENT("aba_"),
  /** Registers one agent, once; opens nothing else. */
  JOIN("abj_"),
  /** Acts as a program that is no agent and no operator. */
  SERVICE("abs_"),
  /** Opens one connection, once and soon; opens nothing else. */
  TICKET("abt_");

  private final String prefix;

  TokenKind(String prefix) {
    this.prefix = prefix;
  }

  /** The first four characters of such a token. */
  public String prefix() {
    return prefix;
  }

  /** The word in the database and on the wire. */
  public String wire() {
    return name().toLowerCase(Locale.ROOT);
  }
}
