package io.agentbus.inbox;

/** Limits of the fields of a message, that hold on every node. */
final class MessageLimits {
  /** As long as the titles of memories, which are sent as messages too. */
  static final int TITLE = 512;
  static final int KEY = 500;
  static final int THREAD = 200;
  static final int SECONDS = 31_536_000;
  /** From this priority on a message is urgent: the next answer to a busy agent carries it. */
  static final int URGENT = 9;

  private MessageLimits() {}
}
