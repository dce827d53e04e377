package io.agentbus.http;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads and writes the parts of a request target that the gate has found well formed. */
public final class QueryString {
  private QueryString() {}

  /** The parameters in the order sent, each with all its values; a name without {@code =} has the value "". */
  public static Map<String, List<String>> parse(@Nullable String query) {
    if (query == null || query.isEmpty()) {
      return Map.of();
    }
    var parameters = new LinkedHashMap<String, List<String>>();
    for (var part : query.split("&")) {
      if (!part.isEmpty()) {
        var equals = part.indexOf('=');
        var name = decode(equals < 0 ? part : part.substring(0, equals));
        parameters.computeIfAbsent(name, first -> new ArrayList<>(1))
            .add(equals < 0 ? "" : decode(part.substring(equals + 1)));
      }
    }
    return parameters;
  }

  /** The same query with one parameter set, for a link to the next page. */
  public static String with(@Nullable String query, String name, String value) {
    var parts = new ArrayList<String>();
    for (var part : query == null ? new String[0] : query.split("&")) {
      if (!part.isEmpty() && !part.equals(name) && !part.startsWith(name + "=")) {
        parts.add(part);
      }
    }
    parts.add(name + "=" + encode(value));
    return String.join("&", parts);
  }

  /** One path segment as it was meant; a plus sign is a plus sign. */
  public static String segment(String sent) {
    return sent.indexOf('%') < 0 ? sent : decode(sent.replace("+", "%2B"));
  }

  /** Text fit for one path segment or one value of a query. */
  public static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static String decode(String sent) {
    return sent.indexOf('%') < 0 && sent.indexOf('+') < 0 ? sent : URLDecoder.decode(sent, StandardCharsets.UTF_8);
  }
}
