package io.agentbus.door.mcp.wire;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Tells one thread that there may be news, but not more often than it is good to look: what rings meanwhile is heard
 * together. Ringing and closing from any thread, without waiting.
 */
public final class Bell implements AutoCloseable {
  private static final long PACE_NANOS = 200_000_000;

  private final Semaphore rung = new Semaphore(0);
  private final Semaphore closed = new Semaphore(0);
  private long heardAt = System.nanoTime() - PACE_NANOS;

  public void ring() {
    rung.release();
  }

  /**
   * Waits for a ring.
   *
   * @return false when none came in time; true also when closed
   */
  public boolean await(long millis) throws InterruptedException {
    if (!rung.tryAcquire(Math.max(0, millis), TimeUnit.MILLISECONDS)) {
      return false;
    }
    var left = heardAt + PACE_NANOS - System.nanoTime();
    if (left > 0 && closed.tryAcquire(left, TimeUnit.NANOSECONDS)) {
      closed.release();
    }
    rung.drainPermits();
    heardAt = System.nanoTime();
    return true;
  }

  /** Ends the wait in progress. */
  @Override
  public void close() {
    closed.release();
    rung.release();
  }
}
