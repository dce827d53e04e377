package io.agentbus.config;

import java.time.Duration;
import java.util.Map;
import java.util.regex.Pattern;

/** Lengths of time as an operator writes them: a whole number and one of {@code ms s m h d}. */
public final class Durations {
  /** What a refused length should have looked like. */
  public static final String FORM = "must be a whole number and a unit, such as 250ms, 5s, 10m, 2h or 1d";

  private static final Pattern TEXT = Pattern.compile("(\\d{1,12})(ms|s|m|h|d)");
  private static final Map<String, Long> MILLIS =
      Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);

  private Durations() {}

  /** @throws IllegalArgumentException when the text is not of the {@link #FORM} */
  public static Duration parse(String text) {
    var match = TEXT.matcher(text);
    if (!match.matches()) {
      throw new IllegalArgumentException(FORM);
    }
    return Duration.ofMillis(Math.multiplyExact(Long.parseLong(match.group(1)), MILLIS.get(match.group(2))));
  }

  /** The shortest text that {@link #parse} reads back to the same length; {@code 0s} for none. */
  public static String format(Duration length) {
    var millis = length.toMillis();
    if (millis == 0) {
      return "0s";
    }
    for (var unit : new String[] {"d", "h", "m", "s"}) {
      long size = MILLIS.get(unit);
      if (millis % size == 0) {
        return millis / size + unit;
      }
    }
    return millis + "ms";
  }
}
