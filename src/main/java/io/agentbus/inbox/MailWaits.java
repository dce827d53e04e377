package io.agentbus.inbox;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Those who wait at this node for a message, by the box they look into. Thread-safe. */
public final class MailWaits {
  private static final int MOST = 20_000;

  private final Map<Integer, Set<Wait>> byBox = new ConcurrentHashMap<>();
  private final AtomicInteger open = new AtomicInteger();
  private volatile boolean stopped;

  /** One who waits. Open it before the box is looked into, so that nothing that comes after the look is missed. */
  final class Wait implements AutoCloseable {
    private final int agentNo;
    private final Semaphore bell = new Semaphore(0);

    private Wait(int agentNo) {
      this.agentNo = agentNo;
    }

    /** Any thread. */
    void wake() {
      bell.release();
    }

    /** Waits until the box got something, but no longer than this. Virtual threads only. */
    void await(long nanos) {
      try {
        if (bell.tryAcquire(Math.max(1, nanos), TimeUnit.NANOSECONDS)) {
          bell.drainPermits();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw ProblemException.of(ProblemCode.UNAVAILABLE, "The node is stopping; ask another or try again.");
      }
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

  /** @throws ProblemException {@code limit_exceeded} when too many wait here already */
  Wait open(int agentNo) {
    if (open.incrementAndGet() > MOST) {
      open.decrementAndGet();
      throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, MOST + " callers wait for messages already; slow down.");
    }
    var wait = new Wait(agentNo);
    byBox.compute(agentNo, (_, waiting) -> {
      var all = waiting == null ? ConcurrentHashMap.<Wait>newKeySet() : waiting;
      all.add(wait);
      return all;
    });
    return wait;
  }

  /** The box of an agent got something. Any thread. */
  public void mail(int agentNo) {
    var waiting = byBox.get(agentNo);
    if (waiting != null) {
      waiting.forEach(Wait::wake);
    }
  }

  /** Answers all who wait, and lets nobody wait any more. */
  public void stop() {
    stopped = true;
    byBox.values().forEach(waiting -> waiting.forEach(Wait::wake));
  }

  /** How many wait now. */
  public int waiting() {
    return open.get();
  }

  boolean stopped() {
    return stopped;
  }
}
