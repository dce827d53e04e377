package io.agentbus.inbox;

import java.util.UUID;

/** What became of a message that was to be put into a box. */
public sealed interface Delivered {
  /** It stands in the box. @param arrival its place there */
  record Put(UUID id, long arrival) implements Delivered {}

  /** One with its dedupe key stands there already. @param id of that one */
  record Duplicate(UUID id) implements Delivered {}

  /** There is no room. @param agent whose box @param agentNo the same @param held how many unacknowledged messages it holds */
  record BoxFull(String agent, int agentNo, int held) implements Delivered {}

  /** Nobody of that name is known where the message was sent. @param agent the name */
  record UnknownRecipient(String agent) implements Delivered {}
}
