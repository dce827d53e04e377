package io.agentbus.event;

import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which topics a list or a stream means: exact unless a word is {@code *} (one word) or {@code **} (any number of words, none included
 * when it follows a dot).
 */
public record TopicFilter(String value) {
  /** The form, for schemas. */
  public static final String PATTERN = "^([a-z0-9_-]+|\\*{1,2})(\\.([a-z0-9_-]+|\\*{1,2}))*$";
  /** Longest filter, in characters. */
  public static final int MAX_LENGTH = 200;

  public TopicFilter {
    if (value.length() > MAX_LENGTH || !value.matches(PATTERN)) {
      throw new IllegalArgumentException("'" + (value.length() > 60 ? value.substring(0, 57) + "..." : value)
          + "' is not a topic filter: a topic such as infra.checked in which a word may be '*' or '**'");
    }
  }

  /** Whether the filter names one topic only. */
  public boolean exact() {
    return value.indexOf('*') < 0;
  }

  /** Whether only topics that callers emit can match, and none of the bus itself. */
  public boolean emittedOnly() {
    var first = value.split("\\.", 2)[0];
    return first.indexOf('*') < 0 && !BusTopics.ownsWord(first);
  }

  /** Tells of topics whether they are meant. */
  public Predicate<String> matcher() {
    return exact() ? value::equals : Pattern.compile(toSqlRegex()).asMatchPredicate();
  }

  /** The filter as an anchored POSIX regular expression for Postgres. */
  String toSqlRegex() {
    var out = new StringBuilder("^");
    var words = value.split("\\.");
    for (var i = 0; i < words.length; i++) {
      var dot = i == 0 ? "" : "\\.";
      switch (words[i]) {
        case "**" -> out.append(i == 0 ? ".*" : "(\\..*)?");
        case "*" -> out.append(dot).append("[^.]+");
        default -> out.append(dot).append(words[i]);
      }
    }
    return out.append('$').toString();
  }
}
