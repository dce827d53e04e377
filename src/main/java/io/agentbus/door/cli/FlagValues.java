package io.agentbus.door.cli;

import io.agentbus.client.NodeAccess;
import io.agentbus.client.Unreachable;
import io.agentbus.problem.ProblemException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a caller gave to the flags of a {@link FlagSet}. */
public final class FlagValues {
  private final Map<String, List<String>> values;
  private final Map<String, String> leading;
  private final Set<String> own;

  /**
   * @param values by flag
   * @param leading global options that stood in front of the command's name
   * @param own names of the command's own flags, which hide global options of the same name
   */
  FlagValues(Map<String, List<String>> values, Map<String, String> leading, Set<String> own) {
    this.values = values;
    this.leading = leading;
    this.own = own;
  }

  public boolean has(String flag) {
    return values.containsKey(flag);
  }

  /** The value of a flag, or null when it is absent. */
  public @Nullable String text(String flag) {
    var given = values.get(flag);
    return given == null ? null : given.getFirst();
  }

  /** Every value of a repeatable flag, in order. */
  public List<String> all(String flag) {
    return values.getOrDefault(flag, List.of());
  }

  /**
   * The value of a flag that takes a whole number.
   *
   * @param otherwise what absence means
   * @throws ProblemException {@code invalid_input} when it is none or lies outside {@code min..max}
   */
  public int whole(String flag, int otherwise, int min, int max) {
    var given = text(flag);
    if (given == null) {
      return otherwise;
    }
    try {
      var number = Integer.parseInt(given);
      if (number >= min && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Said below, in the same words as a number out of range.
    }
    throw ProblemException.invalid("/" + flag.replace('-', '_'), "'" + given + "' is not a whole number from " + min
        + " to " + max + ".");
  }

  /** These values and more: flags that are absent take the ones of {@code added}. */
  FlagValues with(Map<String, String> added) {
    var all = new LinkedHashMap<>(values);
    added.forEach((flag, value) -> all.putIfAbsent(flag, List.of(value)));
    return new FlagValues(all, leading, own);
  }

  /** Whether answers and problems are wanted as JSON whoever reads them. */
  public boolean json() {
    return global("json") != null;
  }

  /** Whether help was asked for instead of the work. */
  public boolean help() {
    return global("help") != null;
  }

  /** The node that the global options, the environment and the home folder name, and the token for it. */
  public NodeAccess access(Map<String, String> environment) throws Unreachable {
    return NodeAccess.find(global("url"), global("token"), global("home"), environment);
  }

  /** The home folder that was given, or null. */
  public @Nullable String home() {
    return global("home");
  }

  /**
   * A global option: the one behind the command's name unless the command has a flag of that name, else the one before
   * it.
   */
  @Nullable String global(String flag) {
    var behind = own.contains(flag) ? null : text(flag);
    return behind != null ? behind : leading.get(flag);
  }
}
