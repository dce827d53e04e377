package io.agentbus.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads Content-Type and Accept headers as far as the surfaces need it. */
public final class MediaTypes {
  private MediaTypes() {}

  /** Whether a Content-Type is {@code application/json} or {@code application/...+json}, in UTF-8. */
  public static boolean isJson(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    if (contentType.equals("application/json")) {
      return true;
    }
    var parts = contentType.toLowerCase(Locale.ROOT).split(";");
    var type = parts[0].strip();
    if (!type.equals("application/json") && !(type.startsWith("application/") && type.endsWith("+json"))) {
      return false;
    }
    for (var at = 1; at < parts.length; at++) {
      var parameter = parts[at].strip();
      if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")
          && !parameter.equals("charset=\"utf-8\"")) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether an Accept header takes the type.
   *
   * @param accept null accepts everything
   * @param type such as {@code application/json}
   */
  public static boolean accepts(@Nullable String accept, String type) {
    if (accept == null || accept.isBlank() || accept.equals("*/*") || accept.equals(type)) {
      return true;
    }
    var family = type.substring(0, type.indexOf('/')) + "/*";
    for (var range : accept.toLowerCase(Locale.ROOT).split(",")) {
      var parts = range.split(";");
      var name = parts[0].strip();
      if ((name.equals(type) || name.equals(family) || name.equals("*/*")) && !isRefused(parts)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isRefused(String[] range) {
    for (var at = 1; at < range.length; at++) {
      var parameter = range[at].strip();
      if (parameter.equals("q=0") || parameter.startsWith("q=0.")
          && parameter.substring(4).chars().allMatch(c -> c == '0')) {
        return true;
      }
    }
    return false;
  }
}
