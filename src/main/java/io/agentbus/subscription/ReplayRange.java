package io.agentbus.subscription;

import io.agentbus.op.Cursor;
import io.agentbus.problem.ProblemException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which events a replay means. All of it goes into the cursor, so that the next page means the same.
 *
 * @param deadOnly only dead letters
 * @param after events behind this position
 * @param to events up to this position
 * @param from events of this time or later
 * @param until events before this time
 */
record ReplayRange(boolean deadOnly, @Nullable Long after, @Nullable Long to, @Nullable Instant from, @Nullable Instant until) {
  private static final String NONE = "-";

  ReplayRange behind(long position) {
    return new ReplayRange(deadOnly, position, to, from, until);
  }

  ReplayRange upTo(long position) {
    return new ReplayRange(deadOnly, after, to == null ? position : Math.min(to, position), from, until);
  }

  /** Whether the times mean this one. */
  boolean means(Instant statedAt) {
    return (from == null || !statedAt.isBefore(from)) && (until == null || statedAt.isBefore(until));
  }

  String cursor() {
    return Cursor.of(Stream.of(deadOnly, after, to, from, until).map(value -> Objects.toString(value, NONE)).collect(Collectors.joining(" ")));
  }

  /** The range that a cursor holds. @throws ProblemException when something else is said beside it */
  static ReplayRange read(ReplayDeliveries in, String cursor) {
    if (Stream.of(in.deliveryId(), in.deadOnly(), in.fromTime(), in.toTime(), in.afterPosition(), in.toPosition(), in.afterEventId(), in.toEventId())
        .anyMatch(Objects::nonNull)) {
      throw ProblemException.invalid("/cursor", "holds what was said of the range; leave out all else but dry_run");
    }
    try {
      var parts = Cursor.read(cursor).split(" ");
      return new ReplayRange(Boolean.parseBoolean(parts[0]), number(parts[1]), number(parts[2]), time(parts[3]), time(parts[4]));
    } catch (IllegalArgumentException | IndexOutOfBoundsException | DateTimeException malformed) {
      throw ProblemException.invalid("/cursor", "is not a cursor that replay_deliveries gave; leave it out to begin");
    }
  }

  private static @Nullable Long number(String text) {
    return text.equals(NONE) ? null : (Long) Long.parseLong(text);
  }

  private static @Nullable Instant time(String text) {
    return text.equals(NONE) ? null : Instant.parse(text);
  }
}
