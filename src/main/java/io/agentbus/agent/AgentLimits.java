package io.agentbus.agent;

/** Limits of the fields of agents and tokens, as they stand in the schemas. */
final class AgentLimits {
  static final int NAMESPACE = 512;
  static final int NAME = 100;
  static final int WORDS = 100;
  static final int HOST = 255;
  static final int METADATA_BYTES = 16 * 1024;
  static final int CONCURRENCY = 10_000;
  static final int DEFAULT_PAGE = 100;
  static final int JOIN_SECONDS = 30 * 86_400;
  static final int DEFAULT_JOIN_SECONDS = 86_400;
  static final int OVERLAP_SECONDS = 7 * 86_400;
  static final int DEFAULT_OVERLAP_SECONDS = 300;
  static final int TOKEN_NAMESPACES = 100;
  static final int CURSOR = 1_000;
  static final int REASON = 1_000;

  private AgentLimits() {}
}
