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
  /** What within a class of characters might be taken for a group or a repeat. */
  private static final Pattern GROUPS = Pattern.compile("[(){}\\[]");
  private static final Pattern FOLDS_CASE = Pattern.compile("\\(\\?[A-Za-z]*i");
  private static final int PER_CLASS = 8;
  /** Such as that of all letters: hundreds of ranges. */
  private static final int PER_NAMED_CLASS = 64;
  private static final int PER_FOLDED_LETTER = 8;

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
    var folded = FOLDS_CASE.matcher(pattern).find();
    if (folded && pattern.contains("\\Q")) {
      return TOO_LARGE;
    }
    var cost = 0L;
    for (var i = 0; i < pattern.length(); i++) {
      if (pattern.charAt(i) == '\\') {
        i++;
        cost += i < pattern.length() && "pP".indexOf(pattern.charAt(i)) >= 0 ? PER_NAMED_CLASS : 1;
      } else if (pattern.charAt(i) == '[') {
        var end = behindClass(pattern, i);
        cost += PER_CLASS + (folded ? foldedRanges(pattern, i + 1, end) : 0);
        // What is named within counts as well.
        cost += PER_NAMED_CLASS * (pattern.substring(i, end).split("\\\\[pP]", -1).length - 1L);
        i = end;
      }
    }
    return cost;
  }

  /** Where case counts for nothing each letter of a range is looked at alone, however many there are. */
  private static long foldedRanges(String pattern, int begin, int end) {
    var cost = 0L;
    for (var i = begin + 1; i < end - 1; i++) {
      if (pattern.charAt(i) == '-') {
        var from = pattern.charAt(i - 1);
        var to = pattern.charAt(i + 1);
        var told = from != '}' && to != '\\' && pattern.charAt(i - 2) != '\\' && !Character.isSurrogate(from) && !Character.isSurrogate(to);
        cost += told ? Math.max(0, to - from) * PER_FOLDED_LETTER : TOO_LARGE;
      }
    }
    return cost;
  }

  /** Where a class of characters ends that begins here, or else the pattern. */
  private static int behindClass(String pattern, int begin) {
    var at = begin + 1;
    if (at < pattern.length() && pattern.charAt(at) == '^') {
      at++;
    }
    if (at < pattern.length() && pattern.charAt(at) == ']') {
      at++;
    }
    while (at < pattern.length() && pattern.charAt(at) != ']') {
      if (pattern.startsWith("[:", at) && pattern.indexOf(":]", at) > 0) {
        at = pattern.indexOf(":]", at) + 2;
      } else {
        at += pattern.charAt(at) == '\\' ? 2 : 1;
      }
    }
    return Math.min(at, pattern.length());
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
          var end = behindClass(pattern, i);
          if (end == pattern.length() || GROUPS.matcher(pattern.substring(i + 1, end)).find()) {
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
}
