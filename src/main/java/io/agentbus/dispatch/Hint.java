package io.agentbus.dispatch;

import java.util.HashSet;
import java.util.Set;

/**
 * One job that was announced for a line, on its way past agents that can take none to one that can. Each time it is handed on it wakes
 * twice as many, so that a long row of busy agents costs few statements. One event loop only.
 */
final class Hint {
  private static final int WIDEST = 64;

  final int queueId;
  private final Set<Integer> woken = new HashSet<>();
  private int open;
  private int width = 1;
  private boolean followed;

  Hint(int queueId) {
    this.queueId = queueId;
  }

  /** A request of this agent is woken for it. */
  void wakes(int agentNo) {
    woken.add(agentNo);
    open++;
  }

  /** Whether the agent was woken for it already. It could take nothing, and cannot now. */
  boolean passed(int agentNo) {
    return woken.contains(agentNo);
  }

  /** One that was woken has looked into the line: the job is taken, by it or before it. */
  void followed() {
    followed = true;
  }

  /** One that was woken takes nothing. Answers whether it has to be handed on now: not while another may follow it yet. */
  boolean passedOn() {
    open--;
    return open == 0 && !followed;
  }

  /** How many to wake next. */
  int next() {
    width = Math.min(WIDEST, width * 2);
    return width;
  }
}
