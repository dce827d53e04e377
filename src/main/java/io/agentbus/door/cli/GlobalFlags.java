package io.agentbus.door.cli;

import io.agentbus.problem.ProblemException;
import io.agentbus.problem.Suggestion;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The options that every command has, and how they are read in front of a command's name. */
final class GlobalFlags {
  static final List<Flag> ALL = List.of(
      Flag.one("url", "URL", "The node to call (default: AGENTBUS_URL, else the node of the home folder)."),
      Flag.one("token", "TOKEN",
          "The token to show (default: AGENTBUS_TOKEN, else the operator token of the home folder)."),
      Flag.one("home", "DIR", "The home folder (default: AGENTBUS_HOME, else ~/.agentbus)."),
      Flag.toggle("json", "Answer with JSON, and tell problems as JSON, also on a terminal."),
      Flag.toggle("help", "Show this help."),
      Flag.toggle("version", "Show the version of the program."));

  private GlobalFlags() {}

  /**
   * Options in front of the first argument that is none.
   *
   * @param values by name; a switch has the value {@code true}
   * @param rest the arguments behind them
   */
  record Leading(Map<String, String> values, List<String> rest) {}

  /**
   * Splits a command line at the command's name.
   *
   * @throws ProblemException {@code invalid_input} when an argument in front of it is an option, but not one of these
   */
  static Leading leading(List<String> args) {
    var values = new LinkedHashMap<String, String>();
    var at = 0;
    while (at < args.size() && args.get(at).startsWith("-") && args.get(at).length() > 1) {
      var typed = args.get(at++);
      var cut = typed.indexOf('=');
      var name = cut < 0 ? typed : typed.substring(0, cut);
      var flag = Flag.find(ALL, switch (name) {
        case "-h" -> "help";
        case "-V" -> "version";
        default -> name.startsWith("--") ? name.substring(2) : name;
      });
      if (flag == null) {
        throw ProblemException.invalid("", "agentbus has no global option " + name
            + Suggestion.words(name, ALL.stream().map(Flag::dashed).toList())
            + " (flags of a command stand behind its name)");
      }
      if (flag.kind() == Flag.Kind.SWITCH) {
        values.put(flag.name(), "true");
      } else if (cut >= 0) {
        values.put(flag.name(), typed.substring(cut + 1));
      } else if (at < args.size()) {
        values.put(flag.name(), args.get(at++));
      } else {
        throw ProblemException.invalid("", name + " needs a value.");
      }
    }
    return new Leading(values, args.subList(at, args.size()));
  }
}
