package io.agentbus.cel;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The work of one evaluation. Every part that is evaluated counts, and functions say what they are about to read before they do, so that
 * none begins what it may not finish. One thread.
 */
final class Meter {
  /** The evaluation under way in this thread, for functions. */
  static final ScopedValue<Meter> CURRENT = ScopedValue.newInstance();
  /** So many characters or entries cost one step. */
  private static final int GRAIN = 64;
  /** The clock is read once in so many counts. */
  private static final int CLOCK = 32;

  /**
   * Ends an evaluation. An error and no exception: the language takes an exception for a value that {@code ||} and {@code exists} may
   * overrule, and would go on.
   */
  static final class Spent extends Error {
    Spent() {
      super(null, null, false, false);
    }
  }

  private final long began;
  private final Duration most;
  private int left;
  private int counts;
  private boolean late;

  Meter(int steps, Duration most) {
    this.left = steps;
    this.most = most;
    this.began = System.nanoTime();
  }

  /** A part came to a value. */
  void count(@Nullable Object value) {
    spend(1L + switch (value) {
      case String text -> text.length() / GRAIN;
      case List<?> items -> items.size() / GRAIN;
      case Map<?, ?> fields -> fields.size() / GRAIN;
      case null, default -> 0;
    });
  }

  /** A function is about to read so many characters or entries. */
  void reads(long many) {
    spend(many / GRAIN);
  }

  /** A function is about to do so many things that each take about as long as a step. */
  void steps(long many) {
    spend(many);
  }

  /** A function is about to read a value with all that it holds. */
  void readsWhole(@Nullable Object value) {
    switch (value) {
      case String text -> reads(text.length());
      case List<?> items -> {
        spend(1 + items.size() / 8);
        items.forEach(this::readsWhole);
      }
      case Map<?, ?> fields -> {
        spend(1 + fields.size() / 8);
        fields.forEach((name, field) -> {
          readsWhole(name);
          readsWhole(field);
        });
      }
      case null, default -> { }
    }
  }

  /** Which limit was met; null when none was. */
  @Nullable Excess excess() {
    return left < 0 ? Excess.STEPS : late ? Excess.TIME : null;
  }

  /** Steps that are left; none once a limit was met. */
  int left() {
    return Math.max(left, 0);
  }

  private void spend(long steps) {
    left = (int) Math.max(left - steps, -1);
    late = late || counts++ % CLOCK == 0 && System.nanoTime() - began > most.toNanos();
    if (left < 0 || late) {
      throw new Spent();
    }
  }
}
