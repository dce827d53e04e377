package io.agentbus.webhook.in;

/** Forms and bounds of what is said of sources. */
final class SourceLimits {
  static final String NAME = "^[a-z0-9][a-z0-9_-]{0,59}$";
  static final String NAME_SHAPE = "a name of lower-case letters, digits, '_' or '-', at most 60 characters";
  static final String ROUTE = "^[a-zA-Z0-9][a-zA-Z0-9 ._-]{0,99}$";
  static final String ROUTE_SHAPE = "a name of letters, digits, blanks, '.', '_' or '-', at most 100 characters";
  static final String HEADER = "^[a-zA-Z0-9][a-zA-Z0-9-]{0,99}$";
  static final String HEADER_SHAPE = "the name of a header, at most 100 characters";

  /** Sources of a database. */
  static final int SOURCES = 1_000;
  static final int SECRETS = 10;
  static final int SECRET_LENGTH = 400;
  static final int ROUTES = 100;
  static final int HEADERS = 20;
  static final int THEN_BYTES = 16 << 10;
  static final int MAX_BODY = 25 << 20;
  static final int TOLERANCE = 3_600;
  static final int DEDUPE = 30 * 86_400;
  static final int REPEAT = 86_400;
  static final int OVERLAP = 7 * 86_400;
  /** What a page holds when the caller names no number. */
  static final int PAGE = 100;

  /** Longest value of a header, and longest type and id of a delivery, that is kept. */
  static final int KEPT_TEXT = 500;
  static final int KEPT_HEADERS = 60;

  private SourceLimits() {}
}
