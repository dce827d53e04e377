package io.agentbus.subscription;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What became of one try to deliver. */
public sealed interface Outcome {
  /**
   * The target has it.
   *
   * @param result what it came to, such as the id of a message; null for nothing to tell
   */
  record Delivered(Tried tried, @Nullable ObjectNode result) implements Outcome {}

  /**
   * It was tried in vain and is tried again as the schedule says, until the tries are used up.
   *
   * @param after what the target asked for; kept between the schedule's delay and twice that. Null = as the schedule says
   */
  record Failed(Tried tried, @Nullable Duration after) implements Outcome {}

  /** It was not tried, or the target has no room now: tried again after a while, and not counted. */
  record Postponed(String why, Duration after) implements Outcome {}

  /**
   * The box that it goes into has no room: tried again once that has, and not counted.
   *
   * @param agentNo whose box it is
   */
  record BoxFull(String why, int agentNo) implements Outcome {}

  /** It will never be taken: a dead letter now. */
  record Dead(Tried tried) implements Outcome {}

  /**
   * The target wants nothing more: the subscription is disabled with this reason, and what waits for it, this delivery included, waits on
   * until it is resumed.
   *
   * @param reason in one line, for the owner
   */
  record Disabled(Tried tried, String reason) implements Outcome {}
}
