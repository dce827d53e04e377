package io.agentbus.namespace;

import java.util.regex.Pattern;

/**
 * Which namespaces a list or a subscription means: exact unless it holds {@code *} (one segment) or {@code **} (any number of
 * segments, none included when it follows a slash).
 */
public record NamespaceFilter(String value) {
  /** The form, for schemas. */
  public static final String PATTERN = "^([a-z0-9][a-z0-9._-]*|\\*{1,2})(/([a-z0-9][a-z0-9._-]*|\\*{1,2})){0,7}$";
  /** The same in words. */
  public static final String SHAPE = "a namespace such as acme/team, in which a segment may be * for any one or ** for any number: the others are of"
      + " lower-case letters, digits, '.', '_' or '-' and begin with a letter or digit";
  private static final Pattern FORM = Pattern.compile(PATTERN);

  public NamespaceFilter {
    if (value.length() > NamespacePath.MAX_LENGTH || !FORM.matcher(value).matches()) {
      throw new IllegalArgumentException("must be " + SHAPE + "; not '" + NamespacePath.shorten(value) + "'");
    }
  }

  /** Whether the filter names one namespace only. */
  public boolean exact() {
    return value.indexOf('*') < 0;
  }

  /** The filter as an anchored POSIX regular expression for Postgres; segments hold no other special character than dots. */
  public String toSqlRegex() {
    var out = new StringBuilder("^");
    var parts = value.split("/");
    for (var i = 0; i < parts.length; i++) {
      var slash = i == 0 ? "" : "/";
      switch (parts[i]) {
        case "**" -> out.append(i == 0 ? ".*" : "(/.*)?");
        case "*" -> out.append(slash).append("[^/]+");
        default -> out.append(slash).append(parts[i].replace(".", "\\."));
      }
    }
    return out.append('$').toString();
  }

  /** Whether {@code path} is meant. */
  public boolean matches(NamespacePath path) {
    return exact() ? path.value().equals(value) : Pattern.matches(toSqlRegex(), path.value());
  }
}
