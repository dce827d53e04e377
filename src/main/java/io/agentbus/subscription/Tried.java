package io.agentbus.subscription;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What one try came to, for the log of tries.
 *
 * @param statusCode of an answer over HTTP, or null
 * @param took how long it took, or null
 * @param error what went wrong, in one line; null when nothing did
 * @param answer the beginning of what was answered, or null; at most {@value #ANSWER} characters are kept
 */
public record Tried(@Nullable Integer statusCode, @Nullable Duration took, @Nullable String error, @Nullable String answer) {
  /** So much of an answer is kept. */
  public static final int ANSWER = 1_000;
  /** So much of an error is kept. */
  public static final int ERROR = 500;

  public Tried {
    error = cut(error, ERROR);
    answer = cut(answer, ANSWER);
  }

  /** A try that went well, where there is nothing to tell. */
  public static Tried well() {
    return new Tried(null, null, null, null);
  }

  /** A try that went wrong. */
  public static Tried failed(String error) {
    return new Tried(null, null, error, null);
  }

  private static @Nullable String cut(@Nullable String text, int most) {
    // Postgres has no text with a NUL.
    return text == null ? null : (text.length() <= most ? text : text.substring(0, most - 3) + "...").replace('\0', ' ');
  }
}
