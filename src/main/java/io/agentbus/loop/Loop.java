package io.agentbus.loop;

import io.agentbus.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a body again and again on one virtual thread, so that it never overlaps with itself and may wait. The next run is due a while
 * after the last one ended, or at once when {@link #wake} was called meanwhile. A body that throws is run again when the next run is due.
 */
public final class Loop {
  private static final Logger LOG = LoggerFactory.getLogger(Loop.class);

  private final String name;
  private final Duration afterFailure;
  private final Supplier<Duration> body;
  private final AtomicBoolean started = new AtomicBoolean();
  private final AtomicLong failures = new AtomicLong();
  private final Promise<Void> ended = Promise.promise();
  private Duration gap = Duration.ZERO;
  private volatile boolean woken;
  /** Whether the thread is in a pause that {@link #wake} ends. Set before {@link #woken} is read, so that no wake-up falls between. */
  private volatile boolean wakeable;
  private volatile boolean stopping;
  private volatile @Nullable Thread thread;
  private volatile @Nullable Instant lastRun;

  private Loop(String name, Duration afterFailure, Supplier<Duration> body) {
    if (afterFailure.isNegative() || afterFailure.isZero()) {
      throw new IllegalArgumentException("loop " + name + " must pause for longer than " + afterFailure);
    }
    this.name = name;
    this.afterFailure = afterFailure;
    this.body = body;
  }

  /**
   * A loop of an even pace.
   *
   * @param name lower-case words joined by hyphens, for logs and the heartbeat
   * @param pause between the end of one run and the start of the next; more than zero
   * @param body one run; may wait
   */
  public static Loop every(String name, Duration pause, Runnable body) {
    return new Loop(name, pause, () -> {
      body.run();
      return pause;
    });
  }

  /**
   * A loop whose body says when it wants to run next.
   *
   * @param afterFailure pause when the body threw; more than zero
   * @param body one run; answers the pause until the next, zero for at once
   */
  public static Loop paced(String name, Duration afterFailure, Supplier<Duration> body) {
    return new Loop(name, afterFailure, body);
  }

  /**
   * Lets wake-ups begin a run no sooner than this after the one before, so that many of them are served by one run.
   *
   * @param gap less than the pause
   */
  public Loop withGap(Duration gap) {
    this.gap = gap;
    return this;
  }

  /** Begins with a first run at once. A loop starts once. */
  public Loop start() {
    if (!started.compareAndSet(false, true)) {
      throw new IllegalStateException("loop " + name + " was started before");
    }
    var created = Thread.ofVirtual().name("loop-" + name).unstarted(this::run);
    thread = created;
    created.start();
    return this;
  }

  /** Makes the next run due now. Called while a run is under way, one more follows it; many calls count as one. Any thread, no wait. */
  public void wake() {
    woken = true;
    // Only where it waits to be woken: elsewhere the thread would run for nothing, thousands of times a second on a busy node.
    if (wakeable) {
      unpark();
    }
  }

  private void unpark() {
    var current = thread;
    if (current != null) {
      LockSupport.unpark(current);
    }
  }

  /**
   * Lets no further run begin.
   *
   * @return done when the run under way has ended; that run is not interrupted
   */
  public Future<Void> stop() {
    stopping = true;
    if (started.compareAndSet(false, true)) {
      ended.tryComplete();
    }
    unpark();
    return ended.future();
  }

  public String name() {
    return name;
  }

  /** When a run last ended without failure; null before the first. A loop that is stuck or keeps failing stands still here. */
  public @Nullable Instant lastRun() {
    return lastRun;
  }

  /** How many runs threw. */
  public long failures() {
    return failures.get();
  }

  private void run() {
    var failing = false;
    try {
      while (!stopping) {
        woken = false;
        Duration pause;
        try {
          pause = body.get();
          lastRun = Instant.now();
          if (failing) {
            LOG.atInfo().addKeyValue("loop", name).log("loop runs again");
          }
          failing = false;
        } catch (Throwable failure) {
          failures.incrementAndGet();
          report(failure, failing);
          failing = true;
          pause = afterFailure;
        }
        // What interrupted the body ends with it; the flag would turn the pause into a spin.
        Thread.interrupted();
        // Wake-ups do not shorten the pause after a failure: the cause needs time to go away.
        pause(failing ? pause : gap, false);
        if (!failing) {
          pause(pause.minus(gap), true);
        }
      }
    } finally {
      ended.tryComplete();
    }
  }

  /** Waits for a while, or until woken where that counts, or until the loop is to stop. */
  private void pause(Duration pause, boolean untilWoken) {
    wakeable = untilWoken;
    var due = System.nanoTime() + pause.toNanos();
    for (var left = pause.toNanos(); left > 0 && !stopping && !(untilWoken && woken); left = due - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
    wakeable = false;
  }

  /** Says the first of a row of failures: an outage of an hour is one line, not thousands. Where it arose tells nothing about an outage. */
  private void report(Throwable failure, boolean again) {
    var what = "a run of a loop failed; it goes on";
    if (failure instanceof ProblemException problem && !again) {
      var cause = problem.getCause() == null ? problem.getMessage() : problem.getMessage() + " (" + problem.getCause().getMessage() + ")";
      LOG.atWarn().addKeyValue("loop", name).addKeyValue("cause", cause).log(what);
    }
    var line = again || failure instanceof ProblemException ? LOG.atDebug() : LOG.atError();
    line.setCause(failure).addKeyValue("loop", name).log(what);
  }
}
