package io.agentbus.door.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.regex.Pattern;

/** JSON values as words for people. */
final class Words {
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?(Z|[+-]\\d\\d:\\d\\d)");
  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm'Z'")
      .withZone(ZoneOffset.UTC);
  private static final Duration RECENT = Duration.ofDays(7);

  private Words() {}

  /** A value in one line; a time as its distance from now. */
  static String brief(JsonNode value, Instant now) {
    if (value.isNull()) {
      return "";
    }
    if (!value.isTextual()) {
      return clean(value.toString());
    }
    return TIME.matcher(value.asText()).matches() ? distance(value.asText(), now) : clean(value.asText());
  }

  /** A value in one line; a time with its distance from now behind it. */
  static String full(JsonNode value, Instant now) {
    return value.isTextual() && TIME.matcher(value.asText()).matches()
        ? value.asText() + " (" + distance(value.asText(), now) + ")" : brief(value, now);
  }

  /** Text that cannot move the cursor, colour the screen or reorder letters: what jobs carry comes from anywhere. */
  static String clean(String text) {
    var safe = new StringBuilder(text.length());
    text.codePoints().forEach(point -> safe.appendCodePoint(switch (Character.getType(point)) {
      case Character.CONTROL -> ' ';
      case Character.FORMAT, Character.SURROGATE, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR -> '\uFFFD';
      default -> point;
    }));
    return safe.toString();
  }

  private static String distance(String time, Instant now) {
    try {
      var then = OffsetDateTime.parse(time).toInstant();
      var between = Duration.between(then, now);
      var length = between.abs();
      if (length.compareTo(RECENT) > 0) {
        return DAY.format(then);
      }
      return length.toSeconds() == 0 ? "now" : between.isNegative() ? "in " + length(length) : length(length) + " ago";
    } catch (DateTimeException e) {
      // Looks like a time but is none, such as a 30th of February.
      return time;
    }
  }

  private static String length(Duration length) {
    if (length.toMinutes() == 0) {
      return length.toSeconds() + "s";
    }
    if (length.toHours() == 0) {
      return length.toMinutes() + "m";
    }
    if (length.toDays() == 0) {
      return length.toHours() + "h" + (length.toMinutesPart() == 0 ? "" : " " + length.toMinutesPart() + "m");
    }
    return length.toDays() + "d" + (length.toHoursPart() == 0 ? "" : " " + length.toHoursPart() + "h");
  }
}
