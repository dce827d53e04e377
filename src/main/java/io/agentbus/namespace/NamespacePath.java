package io.agentbus.namespace;

import java.util.regex.Pattern;

/**
 * A namespace: 1 to 8 segments of {@code [a-z0-9][a-z0-9._-]*} joined by {@code /}, at most 512 characters.
 */
public record NamespacePath(String value) implements Comparable<NamespacePath> {
  public static final int MAX_LENGTH = 512;
  /** The form, for schemas. */
  public static final String PATTERN = "^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*){0,7}$";
  /** The same in words. */
  public static final String SHAPE = "a namespace such as acme or acme/team: 1 to 8 segments joined by '/', each of lower-case letters, digits,"
      + " '.', '_' or '-', which begin with a letter or digit";
  private static final Pattern FORM = Pattern.compile(PATTERN);
  /** What an operator's call without a namespace means. Stands below the form that its constructor checks. */
  public static final NamespacePath DEFAULT = new NamespacePath("default");

  public NamespacePath {
    if (!isValid(value)) {
      throw new IllegalArgumentException("must be " + SHAPE + "; at most " + MAX_LENGTH + " characters; not '" + shorten(value) + "'");
    }
  }

  /** Whether a text is a namespace. */
  public static boolean isValid(String text) {
    return text.length() <= MAX_LENGTH && FORM.matcher(text).matches();
  }

  /** Whether a right on this namespace reaches {@code other}: the same one or one below. */
  public boolean covers(NamespacePath other) {
    return other.value.equals(value)
        || (other.value.length() > value.length() && other.value.charAt(value.length()) == '/' && other.value.startsWith(value));
  }

  /** The namespace above, or null for one of a single segment. */
  public @org.jspecify.annotations.Nullable NamespacePath parent() {
    var cut = value.lastIndexOf('/');
    return cut < 0 ? null : new NamespacePath(value.substring(0, cut));
  }

  @Override
  public int compareTo(NamespacePath other) {
    return value.compareTo(other.value);
  }

  @Override
  public String toString() {
    return value;
  }

  static String shorten(String text) {
    return text.length() <= 60 ? text : text.substring(0, 57) + "...";
  }
}
