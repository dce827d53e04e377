package io.agentbus.http;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of wrong tokens: how many each address sent within a minute, and which they were a moment ago. An
 * address that sent too many has its unknown tokens looked up one at a time, so that it can neither guess in numbers nor
 * keep the database busy, while a good new token only waits for its turn. Any thread; memory is bounded.
 */
final class WrongTokens {
  static final int MOST_ADDRESSES = 10_000;
  static final int MOST_DIGESTS = 10_000;
  /** Look-ups of one address that may wait for their turn; one more is refused. */
  static final int MOST_WAITING = 32;
  /** A turn takes as long as the database needs for one row: longer than this means that it does not answer. */
  private static final long PATIENCE_SECONDS = 5;
  private static final long WINDOW_NANOS = 60_000_000_000L;
  /** As old as an authenticator's knowledge may be: a token that was just made is not taken for a wrong one for longer. */
  private static final long KNOWN_NANOS = 2_000_000_000L;
  private static final long SWEEP_NANOS = 1_000_000_000L;

  private final int most;
  private final AtomicLong sweepDue = new AtomicLong(System.nanoTime());
  private final Map<String, Sender> senders = new ConcurrentHashMap<>();
  /** By digest, until when it is known to be wrong. */
  private final Map<String, Long> known = new ConcurrentHashMap<>();

  /** An address in its current window. */
  private static final class Sender {
    final long since = System.nanoTime();
    final AtomicInteger failures = new AtomicInteger();
    final AtomicInteger waiting = new AtomicInteger();
    final Semaphore turn = new Semaphore(1, true);

    boolean over() {
      return System.nanoTime() - since >= WINDOW_NANOS;
    }
  }

  /** @param mostAMinute wrong tokens of one address in a minute, before its unknown ones have to wait */
  WrongTokens(int mostAMinute) {
    most = mostAMinute;
  }

  /** Whether the address has sent too many. */
  boolean tooMany(String address) {
    return loud(address) != null;
  }

  /** Counts one against the address. @param digest of the token; empty when what came was no token at all */
  void add(String address, String digest) {
    if (!digest.isEmpty()) {
      if (known.size() >= MOST_DIGESTS) {
        known.clear();
      }
      known.put(digest, System.nanoTime() + KNOWN_NANOS);
    }
    if (senders.size() >= MOST_ADDRESSES && !senders.containsKey(address) && !makeRoom()) {
      return;
    }
    senders.compute(address, (_, old) -> old == null || old.over() ? new Sender() : old).failures.incrementAndGet();
  }

  /** Forgets addresses whose window is over. Looks at all of them, and so not for each wrong token of many new addresses. */
  private boolean makeRoom() {
    var due = sweepDue.get();
    if (System.nanoTime() - due >= 0 && sweepDue.compareAndSet(due, System.nanoTime() + SWEEP_NANOS)) {
      senders.values().removeIf(Sender::over);
    }
    return senders.size() < MOST_ADDRESSES;
  }

  /** Whether the token of this digest was wrong a moment ago. */
  boolean knows(String digest) {
    var until = known.get(digest);
    return until != null && until - System.nanoTime() > 0;
  }

  /**
   * Looks a token of the address up when it is its turn.
   *
   * @throws ProblemException {@code limit_exceeded} when too many of that address wait already
   */
  <T> T inTurn(String address, Supplier<T> lookUp) {
    var sender = loud(address);
    if (sender == null) {
      return lookUp.get();
    }
    try {
      if (sender.waiting.incrementAndGet() > MOST_WAITING || !sender.turn.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw refusal(1);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw ProblemException.of(ProblemCode.UNAVAILABLE, "The node is stopping; nothing is known to have changed.");
    } finally {
      sender.waiting.decrementAndGet();
    }
    try {
      return lookUp.get();
    } finally {
      sender.turn.release();
    }
  }

  /** The refusal of one more wrong token; says how long the address has to be quiet. */
  ProblemException refusal(String address) {
    var sender = senders.get(address);
    var passed = sender == null ? WINDOW_NANOS : System.nanoTime() - sender.since;
    return refusal(Math.max(0, WINDOW_NANOS - passed) / 1_000_000_000L + 1);
  }

  private static ProblemException refusal(long seconds) {
    return ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "Too many wrong tokens or signatures have come from this address.")
        .with(ProblemAnswer.RETRY_AFTER_SECONDS, Math.min(60, seconds));
  }

  private @Nullable Sender loud(String address) {
    var sender = senders.get(address);
    return sender == null || sender.over() || sender.failures.get() < most ? null : sender;
  }

  /** Look-ups of the address that wait for their turn. */
  int waiting(String address) {
    var sender = senders.get(address);
    return sender == null ? 0 : sender.waiting.get();
  }

  /** Addresses and digests kept now. */
  int size() {
    return senders.size() + known.size();
  }
}
