package io.agentbus.http;

import io.agentbus.id.Ids;
import io.vertx.core.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** Names requests, so that an answer, a log line and a journal row can be put together. */
public final class RequestIds {
  static final CharSequence HEADER = HttpHeaders.createOptimized("X-Request-Id");
  private static final int LONGEST = 64;

  private RequestIds() {}

  /** The id offered when it is 1 to 64 of {@code A-Z a-z 0-9 . _ -}, else a new one. */
  public static String of(@Nullable String offered) {
    return offered != null && isSane(offered) ? offered : Ids.next().toString();
  }

  private static boolean isSane(String id) {
    if (id.isEmpty() || id.length() > LONGEST) {
      return false;
    }
    for (var at = 0; at < id.length(); at++) {
      var c = id.charAt(at);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.')) {
        return false;
      }
    }
    return true;
  }
}
