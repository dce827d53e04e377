package io.agentbus.webhook.out;

import io.agentbus.http.out.PostAnswer;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a receiver's answer means for the delivery and for its endpoint. Standard Webhooks says most of it; docs/webhooks-out.md has the table. */
final class AnswerPolicy {
  /** A receiver that has too much to do, or stands behind a proxy that cannot reach it. */
  private static final Set<Integer> OVERLOADED = Set.of(429, 502, 503, 504);
  private static final int GONE = 410;
  /** An endpoint that asks for a pause is left alone for no longer than this; the delivery itself waits as the schedule says. */
  private static final Duration LONGEST_HOLD = Duration.ofMinutes(1);
  private static final Duration SHORTEST_HOLD = Duration.ofSeconds(1);

  private AnswerPolicy() {}

  /** Name servers that are silent are asked again after this; it is also how long the endpoint is left alone. */
  private static final Duration UNRESOLVED = Duration.ofMinutes(1);
  /** When this node looks up too many names at once. */
  private static final Duration BUSY = Duration.ofSeconds(5);

  /** What follows. */
  sealed interface Verdict {
    /** It was taken. */
    record Taken() implements Verdict {}

    /**
     * It is tried again.
     *
     * @param error why, in one line
     * @param after what the receiver asked for; null = nothing
     * @param hold for how long the endpoint is left alone; zero = not at all
     */
    record Again(String error, @Nullable Duration after, Duration hold) implements Verdict {}

    /**
     * It was not tried, and comes again without a try being counted.
     *
     * @param counts whether it counts among the failures of the endpoint, so that one whose name is dead for days does not take up this node
     */
    record Later(String error, Duration after, boolean counts) implements Verdict {}

    /** The receiver wants this one no more. */
    record Never(String error) implements Verdict {}

    /** The receiver wants nothing more. */
    record Off(String error) implements Verdict {}
  }

  /** @param now for a Retry-After that names a time */
  static Verdict of(PostAnswer answer, Instant now) {
    return switch (answer) {
      case PostAnswer.Refused refused -> new Verdict.Again(refused.reason(), null, Duration.ZERO);
      case PostAnswer.Failed failed -> new Verdict.Again(failed.reason(), null, Duration.ZERO);
      case PostAnswer.Unresolved(var reason, var asked, var took) -> new Verdict.Later(reason, asked ? UNRESOLVED : BUSY, asked);
      case PostAnswer.Answered answered -> of(answered, now);
    };
  }

  private static Verdict of(PostAnswer.Answered answered, Instant now) {
    var status = answered.status();
    var wish = answered.header("webhook-delivery");
    if (status == GONE) {
      return new Verdict.Off("The receiver answered 410: it is gone");
    }
    if ("disable".equalsIgnoreCase(wish)) {
      return new Verdict.Off("The receiver answered " + status + " with webhook-delivery: disable");
    }
    if (status >= 200 && status < 300) {
      return new Verdict.Taken();
    }
    if ("abort-message".equalsIgnoreCase(wish)) {
      return new Verdict.Never("The receiver answered " + status + " with webhook-delivery: abort-message");
    }
    var error = "The receiver answered " + status + (status >= 300 && status < 400 ? "; redirects are not followed" : "");
    if (!OVERLOADED.contains(status)) {
      return new Verdict.Again(error, null, Duration.ZERO);
    }
    var after = retryAfter(answered.header("retry-after"), now);
    return new Verdict.Again(error, after, after == null ? SHORTEST_HOLD : after.compareTo(LONGEST_HOLD) > 0 ? LONGEST_HOLD : after);
  }

  /** How long a Retry-After asks to wait, in either of its forms; null when it is absent, past or unreadable. */
  static @Nullable Duration retryAfter(@Nullable String value, Instant now) {
    if (value == null) {
      return null;
    }
    try {
      var wait = value.matches("\\d{1,9}") ? Duration.ofSeconds(Long.parseLong(value))
          : Duration.between(now, ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
      return wait.isPositive() ? wait : null;
    } catch (DateTimeException unreadable) {
      return null;
    }
  }
}
