package io.agentbus.cel;

import java.util.ArrayDeque;
import java.util.regex.Pattern;

/**
 * How much a regular expression may come to when it is compiled, told before it is: counted repeats are written out, those within others
 * many times over, so that thirty characters can ask for more than a node has. Never less than the compiler makes of it.
 */
final class PatternSize {
  /** So large that it is not counted on. */
  static final long TOO_LARGE = 1L << 40;
  private static final Pattern REPEAT = Pattern.compile("\\{(\\d+)(?:,(\\d*))?}");
  private static final Pattern ESCAPE = Pattern.compile("\\\\(?:x\\{[0-9A-Fa-f]+}|.)", Pattern.DOTALL);
  private static final Pattern FOLDS_CASE = Pattern.compile("\\(\\?[A-Za-z]*i");
  private static final int PER_CLASS = 8;
  /** Letters of a class are then looked at one by one. */
  private static final int PER_FOLDED_CLASS = 400;

  private final String pattern;
  private final ArrayDeque<Long> outer = new ArrayDeque<>();
  private long sum;
  private long last;

  /** @param pattern without escapes */
  private PatternSize(String pattern) {
    this.pattern = pattern;
  }

  /** At most so many instructions, each a step of compiling it; {@link #TOO_LARGE} where it cannot be told and might be. */
  static long of(String pattern) {
    var flat = flat(pattern);
    // Whatever stands within what: not more than this. Most patterns need no closer look.
    if (flat <= 1_000) {
      return flat;
    }
    // A quoted part and a named class may hold what looks like a group and is none.
    return pattern.contains("\\Q") || pattern.contains("[:") ? flat : Math.min(flat, new PatternSize(ESCAPE.matcher(pattern).replaceAll("_")).nested());
  }

  /** What the classes of characters in it cost beside that, in steps. */
  static long classes(String pattern) {
    var each = FOLDS_CASE.matcher(pattern).find() ? PER_FOLDED_CLASS : PER_CLASS;
    return each * pattern.chars().filter(c -> c == '[' || c == '\\').count();
  }

  private static long flat(String pattern) {
    var repeats = REPEAT.matcher(pattern);
    var size = 2L * pattern.length() + 2;
    while (repeats.find()) {
      size = times(size, count(repeats.group(1), repeats.group(2), repeats.group(2) != null));
    }
    return size;
  }

  private static long count(String least, String most, boolean open) {
    if (least.length() > 6 || most != null && most.length() > 6) {
      return TOO_LARGE;
    }
    return Math.max(Long.parseLong(least) + (open ? 1 : 0), most == null || most.isEmpty() ? 1 : 2 * Long.parseLong(most));
  }

  private static long times(long size, long count) {
    return count != 0 && size > TOO_LARGE / Math.max(count, 1) ? TOO_LARGE : size * Math.max(count, 1);
  }

  private long nested() {
    var repeats = REPEAT.matcher(pattern);
    for (var i = 0; i < pattern.length(); i++) {
      switch (pattern.charAt(i)) {
        case '[' -> {
          var end = endOfClass(i);
          if (end < 0) {
            return TOO_LARGE;
          }
          atom(2);
          i = end;
        }
        case '(' -> {
          atom(0);
          outer.push(sum);
          sum = 2;
        }
        case ')' -> {
          if (outer.isEmpty()) {
            return TOO_LARGE;
          }
          last += sum;
          sum = outer.pop();
        }
        case '{' -> {
          if (repeats.region(i, pattern.length()).lookingAt()) {
            last = times(last, count(repeats.group(1), repeats.group(2), repeats.group(2) != null));
            i = repeats.end() - 1;
          } else {
            atom(2);
          }
        }
        // Of what stands before it, which may be repeated once more.
        case '*', '+', '?' -> last += 2;
        default -> atom(2);
      }
    }
    return outer.isEmpty() ? Math.min(sum + last + 2, TOO_LARGE) : TOO_LARGE;
  }

  /** The next thing begins: what was before it is repeated no more. */
  private void atom(long size) {
    sum = Math.min(sum + last, TOO_LARGE);
    last = size;
  }

  /** Where a class of characters ends that begins here; less than 0 when it holds what elsewhere would be a group or a repeat. */
  private int endOfClass(int begin) {
    var at = begin + 1;
    if (at < pattern.length() && pattern.charAt(at) == '^') {
      at++;
    }
    if (at < pattern.length() && pattern.charAt(at) == ']') {
      at++;
    }
    for (; at < pattern.length(); at++) {
      switch (pattern.charAt(at)) {
        case ']' -> {
          return at;
        }
        case '(', ')', '{', '}', '[' -> {
          return -1;
        }
        default -> { }
      }
    }
    return -1;
  }
}
