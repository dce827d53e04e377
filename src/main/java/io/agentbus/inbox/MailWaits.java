package io.agentbus.inbox;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** Those at this node who want to hear when a box gets something. Thread-safe. */
public final class MailWaits {
  private final Map<Integer, Set<Hearing>> byBox = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private volatile boolean stopped;

  /** One who wants to hear; until it is closed. */
  public final class Hearing implements AutoCloseable {
    private final int agentNo;
    private final Runnable wake;

    private Hearing(int agentNo, Runnable wake) {
      this.agentNo = agentNo;
      this.wake = wake;
    }

    @Override
    public void close() {
      open.decrementAndGet();
      byBox.computeIfPresent(agentNo, (_, waiting) -> {
        waiting.remove(this);
        return waiting.isEmpty() ? null : waiting;
      });
    }
  }

  /**
   * Calls {@code wake} whenever the box gets something from now on. Begin before the box is looked into, so that nothing that comes after the look
   * is missed.
   *
   * @param wake any thread, event loops included; must not wait
   */
  public Hearing hear(int agentNo, Runnable wake) {
    open.incrementAndGet();
    var hearing = new Hearing(agentNo, wake);
    byBox.compute(agentNo, (_, waiting) -> {
      var all = waiting == null ? ConcurrentHashMap.<Hearing>newKeySet() : waiting;
      all.add(hearing);
      return all;
    });
    return hearing;
  }

  /** The box of an agent got something. Any thread. */
  public void mail(int agentNo) {
    var waiting = byBox.get(agentNo);
    if (waiting != null) {
      waiting.forEach(hearing -> hearing.wake.run());
    }
  }

  /** Wakes all who wait, and tells them that nobody is to wait any more. */
  public void stop() {
    stopped = true;
    byBox.values().forEach(waiting -> waiting.forEach(hearing -> hearing.wake.run()));
  }

  /** How many wait now. */
  public int waiting() {
    return open.get();
  }

  /** Whether nobody is to wait any more. */
  boolean stopped() {
    return stopped;
  }
}
