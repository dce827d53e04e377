package io.agentbus.agent;

import io.agentbus.problem.ProblemException;
import java.util.regex.Pattern;

/** What agents are called, and the words they are found by. */
public final class AgentName {
  /** The form of a name, for schemas. */
  public static final String PATTERN = "^[a-zA-Z0-9][a-zA-Z0-9._:@-]{0,99}$";
  /** The same in words. */
  public static final String SHAPE =
      "a name of letters, digits, '.', '_', ':', '@' or '-' that begins with a letter or digit, at most 100 characters";
  /** The form of a tag or a capability. */
  public static final String WORD_PATTERN = "^[a-zA-Z0-9][a-zA-Z0-9._:/@-]{0,99}$";
  /** The same in words. */
  public static final String WORD_SHAPE =
      "a word of letters, digits, '.', '_', ':', '/', '@' or '-', at most 100 characters";

  private static final Pattern FORM = Pattern.compile(PATTERN);

  private AgentName() {}

  /** Refuses with {@code invalid_input} at {@code pointer} what cannot be a name. */
  static String check(String pointer, String name) {
    if (!FORM.matcher(name).matches()) {
      throw ProblemException.invalid(pointer, "must be " + SHAPE);
    }
    return name;
  }
}
