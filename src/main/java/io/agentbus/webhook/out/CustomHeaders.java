package io.agentbus.webhook.out;

import io.agentbus.problem.FieldError;
import io.agentbus.problem.ProblemException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Headers that a subscriber wants sent along: none that would make the request another one, and none that breaks out of its line. */
final class CustomHeaders {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}");
  private static final Pattern VALUE = Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]*[\\x21-\\x7e])?");
  private static final int LONGEST = 8 << 10;
  /** What the sender sets itself, what frames the request, and what concerns one connection alone. */
  private static final Set<String> OURS = Set.of("host", "content-length", "content-type", "content-encoding", "transfer-encoding", "te", "trailer",
      "connection", "keep-alive", "upgrade", "http2-settings", "expect", "accept-encoding", "date", "user-agent", "forwarded", "via", "range");
  private static final List<String> OUR_BEGINNINGS = List.of("webhook-", "svix-", "x-ai-memory-", "proxy-", "sec-", "x-forwarded-", ":");

  private CustomHeaders() {}

  /**
   * The headers, held to what may be sent.
   *
   * @param pointer where they stand in the input
   * @throws ProblemException {@code invalid_input} that names each header at fault and repeats no value, which may be a password
   */
  static Map<String, String> checked(@Nullable Map<String, String> headers, String pointer) {
    if (headers == null) {
      return Map.of();
    }
    var errors = new ArrayList<FieldError>();
    var names = new HashSet<String>();
    var length = 0;
    for (var header : headers.entrySet()) {
      var wrong = wrong(header.getKey(), header.getValue(), names);
      if (wrong != null) {
        errors.add(new FieldError(pointer + "/" + header.getKey().replace("~", "~0").replace("/", "~1"), wrong));
      }
      length += header.getKey().length() + header.getValue().length();
    }
    if (length > LONGEST) {
      errors.add(new FieldError(pointer, "must have at most " + LONGEST + " characters in all"));
    }
    if (!errors.isEmpty()) {
      throw ProblemException.invalid(errors);
    }
    return Map.copyOf(headers);
  }

  private static @Nullable String wrong(String name, String value, Set<String> names) {
    var lower = name.toLowerCase(Locale.ROOT);
    if (OURS.contains(lower) || OUR_BEGINNINGS.stream().anyMatch(lower::startsWith)) {
      return "is a header that the sender sets itself";
    }
    if (!NAME.matcher(name).matches()) {
      return "must be named by 1 to 100 letters, digits and dashes";
    }
    if (!VALUE.matcher(value).matches()) {
      return "must have a value of printable ASCII, without line breaks and without blanks around it";
    }
    return names.add(lower) ? null : "is given twice";
  }
}
