package io.agentbus.http;

import io.agentbus.problem.ProblemException;

/**
 * Refuses request targets that could mean something else to the next reader: absolute ones, dot segments in any
 * spelling, empty segments, encoded slashes outside the API, control characters. What passes needs no normalising.
 */
final class RequestPath {
  private RequestPath() {}

  /** @param options whether the target {@code *} is allowed */
  static void check(String target, boolean options) {
    if (options && target.equals("*")) {
      return;
    }
    if (target.isEmpty() || target.charAt(0) != '/') {
      throw refused("must begin with '/': absolute targets are not served");
    }
    var end = target.indexOf('?');
    checkCharacters(target, end < 0 ? target.length() : end);
    checkSegments(target, end < 0 ? target.length() : end);
  }

  private static void checkCharacters(String target, int pathEnd) {
    for (var at = 0; at < target.length(); at++) {
      var c = target.charAt(at);
      if (c <= 0x20 || c >= 0x7f || c == '#' || c == '\\') {
        throw refused("holds a character that must be percent-encoded");
      }
      if (c == '%') {
        checkEscape(target, at, at < pathEnd);
      }
    }
  }

  private static void checkEscape(String target, int at, boolean inPath) {
    var value = at + 2 < target.length() ? hex(target.charAt(at + 1)) << 4 | hex(target.charAt(at + 2)) : -1;
    if (value < 0) {
      throw refused("holds a '%' that does not begin an escape of two hex digits");
    }
    if (value == 0) {
      throw refused("holds a NUL");
    }
    if (inPath) {
      if (value < 0x20 || value == '.' || value == '\\' || value == 0x7f) {
        throw refused("holds an escape that a path does not need");
      }
      // In the API a field such as a namespace fills one segment and may hold slashes.
      if (value == '/' && !target.startsWith("/api/")) {
        throw refused("holds an encoded '/'");
      }
    }
  }

  private static int hex(char c) {
    // A negative digit makes the combined value negative.
    return Character.digit(c, 16);
  }

  private static void checkSegments(String target, int end) {
    var start = 1;
    while (start <= end) {
      var slash = target.indexOf('/', start);
      var stop = slash < 0 || slash > end ? end : slash;
      var length = stop - start;
      if (length == 0 && stop < end) {
        throw refused("holds an empty segment");
      }
      if (length == 1 && target.charAt(start) == '.'
          || length == 2 && target.charAt(start) == '.' && target.charAt(start + 1) == '.') {
        throw refused("holds a dot segment");
      }
      start = stop + 1;
    }
  }

  private static ProblemException refused(String why) {
    return ProblemException.invalid("", "The request target " + why + ".");
  }
}
