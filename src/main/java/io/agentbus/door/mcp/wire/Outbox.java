package io.agentbus.door.mcp.wire;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Messages on their way from the work of a request to whoever reads its answer, numbered from 1. What was read stays for a
 * reader that comes back, within bounds: the oldest go first. Any thread.
 */
public final class Outbox {
  private static final int MOST_FRAMES = 256;
  private static final long MOST_BYTES = 1 << 20;

  /**
   * One message.
   *
   * @param number from 1, without gaps
   */
  record Frame(int number, byte[] json, Kind kind) {
    boolean isAnswer() {
      return kind == Kind.ANSWER;
    }
  }

  /** What a message is, and so whether the rest makes sense without it. */
  enum Kind { NOTICE, QUESTION, ANSWER }

  private final Deque<Frame> kept = new ArrayDeque<>();
  private long bytes;
  private int newest;
  private int owed;
  private int status = 200;
  /** Who reads it now: the last to come. */
  private int reader;

  /** @param answers how many answers are owed; with the last of them it is complete */
  public Outbox(int answers) {
    owed = answers;
  }

  /** Adds a message that may be lost when nobody reads. */
  public synchronized void add(byte[] json) {
    if (owed > 0) {
      keep(json, Kind.NOTICE);
    }
  }

  /** Adds a question to the client. */
  public synchronized void ask(byte[] json) {
    if (owed > 0) {
      keep(json, Kind.QUESTION);
    }
  }

  /** Adds an answer. @param httpStatus that goes with it where the HTTP answer has not begun */
  public synchronized void answer(byte[] json, int httpStatus) {
    if (owed > 0) {
      owed--;
      status = httpStatus;
      keep(json, Kind.ANSWER);
    }
  }

  /** One of the answers will not come. */
  public synchronized void withdraw() {
    owed = Math.max(0, owed - 1);
    notifyAll();
  }

  private void keep(byte[] json, Kind kind) {
    kept.add(new Frame(++newest, json, kind));
    bytes += json.length;
    while ((kept.size() > MOST_FRAMES || bytes > MOST_BYTES) && kept.getFirst().kind() == Kind.NOTICE) {
      bytes -= kept.removeFirst().json().length;
    }
    notifyAll();
  }

  /** Makes the caller the only reader. @return what {@link #await} and {@link #isReadBy} want to know of him */
  public synchronized int attach() {
    notifyAll();
    return ++reader;
  }

  /** Asks whoever reads to leave, because the client can come back for the rest. */
  public synchronized void letGo() {
    attach();
  }

  /** Whether he has neither been asked to leave nor been followed by another. */
  public synchronized boolean isReadBy(int who) {
    return reader == who;
  }

  /** Lets those who wait look at what they wait for. Does not wait itself. */
  public synchronized void wake() {
    notifyAll();
  }

  /**
   * The next message behind a number.
   *
   * @param who reads, from {@link #attach}; one who no longer does gets null
   * @param millis how long to wait for one
   * @param leave ends the wait early
   * @return null when none came, and when none will come
   */
  synchronized @Nullable Frame await(int who, int after, long millis, BooleanSupplier leave)
      throws InterruptedException {
    var deadline = System.nanoTime() + millis * 1_000_000;
    while (newest <= after && owed > 0 && reader == who && !leave.getAsBoolean()) {
      var left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        return null;
      }
      wait(left);
    }
    return kept.stream().filter(frame -> frame.number() > after && reader == who).findFirst().orElse(null);
  }

  /** Whether nothing comes behind a number any more. */
  public synchronized boolean isDone(int after) {
    return owed == 0 && newest <= after;
  }

  /** Whether all answers are there. */
  public synchronized boolean isComplete() {
    return owed == 0;
  }

  /** The status of the newest answer. */
  public synchronized int status() {
    return status;
  }

  /** Bytes kept now. */
  public synchronized long size() {
    return bytes;
  }
}
