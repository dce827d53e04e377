package io.agentbus.http;

import io.agentbus.problem.ProblemException;
import io.vertx.core.MultiMap;
import org.jspecify.annotations.Nullable;

/** Reads the Idempotency-Key header: a quoted structured-field string, or the bare key as many clients send it. */
public final class IdempotencyKey {
  private static final String HEADER = "Idempotency-Key";

  private IdempotencyKey() {}

  /** The key, or null when none was sent; what a key may hold is the catalogue's business. */
  public static @Nullable String in(MultiMap headers) {
    var first = headers.get(HEADER);
    if (first == null) {
      return null;
    }
    if (headers.getAll(HEADER).size() > 1) {
      throw refused("is sent more than once");
    }
    var key = first.strip();
    return key.startsWith("\"") ? unquoted(key) : key;
  }

  private static String unquoted(String quoted) {
    var key = new StringBuilder(quoted.length());
    for (var at = 1; at < quoted.length(); at++) {
      var c = quoted.charAt(at);
      if (c == '"') {
        // Parameters behind the string have no meaning here.
        return key.toString();
      }
      if (c == '\\' && at + 1 < quoted.length()) {
        c = quoted.charAt(++at);
      }
      key.append(c);
    }
    throw refused("begins with a quote that is not closed");
  }

  private static ProblemException refused(String why) {
    return ProblemException.invalid("", "The header " + HEADER + " " + why + ".");
  }
}
