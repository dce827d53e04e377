package io.agentbus.cel;

import io.agentbus.problem.ProblemException;
import java.time.Duration;

/**
 * Compiles expressions. They see {@code event.topic, event.namespace, event.source_agent, event.source_job_id} (texts, empty where there
 * is none), {@code event.created_at} (a timestamp) and {@code event.payload} (any JSON). The language is CEL with {@code has, all, exists,
 * exists_one} and {@code filter}; {@code map} is left out, because values that grow with each step could not be held to a limit. Any thread.
 */
public final class Expressions {
  /** Longest expression, in characters. */
  public static final int MAX_LENGTH = 2_000;
  /** Most steps of one evaluation: each part evaluated counts as one, and what reads or makes large values counts more. About 20 ms. */
  public static final int MAX_COST = 100_000;
  /**
   * Longest evaluation by the clock: the last resort for what the steps do not show. Longer than a busy node's pauses, because those count
   * too.
   */
  public static final Duration MAX_TIME = Duration.ofSeconds(1);

  private Expressions() {}

  /**
   * An expression that answers yes or no.
   *
   * @param pointer the input field that holds it, for the refusal
   * @throws ProblemException {@code invalid_input} that says what is wrong, and where in the text
   */
  public static EventFilter filter(String pointer, String text) {
    return new EventFilter(CelEngine.compile(pointer, bounded(pointer, text), true, false));
  }

  /** The same for an expression that answers any value. */
  public static EventValue value(String pointer, String text) {
    return new EventValue(CelEngine.compile(pointer, bounded(pointer, text), false, false));
  }

  /** As {@link #filter}, over a webhook: it sees {@code event.type} and {@code event.headers} too. */
  public static EventFilter webhookFilter(String pointer, String text) {
    return new EventFilter(CelEngine.compile(pointer, bounded(pointer, text), true, true));
  }

  /** As {@link #value}, over a webhook. */
  public static EventValue webhookValue(String pointer, String text) {
    return new EventValue(CelEngine.compile(pointer, bounded(pointer, text), false, true));
  }

  private static String bounded(String pointer, String text) {
    if (text.isBlank()) {
      throw ProblemException.invalid(pointer, "must be an expression such as event.payload.verdict == 'red'");
    }
    if (text.length() > MAX_LENGTH) {
      throw ProblemException.invalid(pointer, "has " + text.length() + " characters; an expression has at most " + MAX_LENGTH);
    }
    return text;
  }
}
