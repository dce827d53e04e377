package io.agentbus.door.cli;

import io.agentbus.problem.FieldError;
import io.agentbus.problem.ProblemException;
import io.agentbus.problem.Suggestion;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;
import picocli.CommandLine;

/**
 * The flags of one command and its help. Every set also carries the global options; where a command has a flag of the
 * same name (an event subscription has a {@code --url}), its own wins, and the global one can be given before the
 * command's name.
 */
public final class FlagSet {
  private static final String POSITIONAL = "\0";
  private final String command;
  private final String synopsis;
  private final String summary;
  private final List<Flag> own;
  private final List<Flag> global;
  private final List<String> notes;

  /**
   * @param command its name, without {@code agentbus}; with a blank in it, the whole synopsis
   * @param summary first line of the help
   * @param own its flags, in the order of the help
   * @param notes lines at the end of the help
   */
  public FlagSet(String command, String summary, List<Flag> own, List<String> notes) {
    this.command = command.split(" ", 2)[0];
    this.synopsis = command;
    this.summary = summary;
    this.own = List.copyOf(own);
    this.global = GlobalFlags.ALL.stream().filter(flag -> Flag.find(own, flag.name()) == null).toList();
    this.notes = List.copyOf(notes);
  }

  /**
   * Reads the arguments.
   *
   * @throws ProblemException {@code invalid_input}, one error for each flag at fault; pointers are those of the fields
   */
  public FlagValues parse(List<String> args) {
    return parse(Map.of(), args);
  }

  /** As {@link #parse(List)}, with the global options that stood in front of the command's name. */
  FlagValues parse(Map<String, String> leading, List<String> args) {
    var line = commandLine(spec(false));
    try {
      line.parseArgs(args.toArray(String[]::new));
    } catch (CommandLine.UnmatchedArgumentException e) {
      throw unknown(e.getUnmatched());
    } catch (CommandLine.OverwrittenOptionException e) {
      var name = e.getOverwritten() instanceof OptionSpec option ? option.longestName() : "an argument";
      throw ProblemException.invalid(pointer(name), name + " is given twice.");
    } catch (CommandLine.MissingParameterException e) {
      var missing = e.getMissing().isEmpty() ? null : e.getMissing().getFirst();
      var name = missing instanceof OptionSpec option ? option.longestName() : "an argument";
      throw ProblemException.invalid(pointer(name), name + " needs a value.");
    } catch (CommandLine.ParameterException e) {
      var name = e.getArgSpec() instanceof OptionSpec option ? option.longestName() : "";
      throw ProblemException.invalid(pointer(name), e.getMessage());
    }
    var found = new FlagValues(values(line.getParseResult()), leading,
        own.stream().map(Flag::name).collect(Collectors.toSet()));
    if (!found.help()) {
      checkRequired(found);
    }
    return found;
  }

  /** The help, ending in a line break. */
  public String help(int columns) {
    var line = commandLine(spec(true));
    line.setUsageHelpWidth(Math.clamp(columns, 60, 140));
    return line.getUsageMessage(CommandLine.Help.Ansi.OFF);
  }

  /** Every flag, the command's own first. */
  public List<Flag> flags() {
    var all = new ArrayList<>(own);
    all.addAll(global);
    return all;
  }

  private static CommandLine commandLine(CommandSpec spec) {
    var line = new CommandLine(spec);
    // '@file' and '-' are ours: a value that is JSON, not a list of arguments.
    line.setExpandAtFiles(false);
    line.setInterpolateVariables(false);
    line.setPosixClusteredShortOptionsAllowed(false);
    line.setUsageHelpLongOptionsMaxWidth(34);
    return line;
  }

  private CommandSpec spec(boolean forHelp) {
    var spec = CommandSpec.create().name("agentbus " + command);
    if (forHelp) {
      spec.usageMessage().description(plain(summary), "")
          .footer(notes.stream().map(FlagSet::plain).toArray(String[]::new))
          .sortOptions(false).abbreviateSynopsis(true);
      if (synopsis.contains(" ")) {
        spec.usageMessage().customSynopsis(plain("agentbus " + synopsis));
      }
      var group = ArgGroupSpec.builder().heading("%nGlobal options:%n").validate(false).order(1);
      own.forEach(flag -> spec.addOption(option(flag)));
      global.forEach(flag -> group.addArg(option(flag)));
      spec.addArgGroup(group.build());
    } else {
      flags().forEach(flag -> spec.addOption(option(flag)));
    }
    own.stream().filter(flag -> flag.positional() >= 0).forEach(flag -> spec.addPositional(positional(flag)));
    return spec;
  }

  private static OptionSpec option(Flag flag) {
    var names = flag.name().equals("help") ? new String[] {"-h", "--help"} : new String[] {flag.dashed()};
    var option = OptionSpec.builder(names).description(flag.help()).paramLabel(flag.label());
    return switch (flag.kind()) {
      case SWITCH -> option.arity("0").type(boolean.class).build();
      case BOOLEAN -> option.arity("0..1").type(String.class).fallbackValue("true").build();
      case ONE -> option.arity("1").type(String.class).build();
      case MANY -> option.arity("1").type(List.class).auxiliaryTypes(String.class).build();
    };
  }

  private static PositionalParamSpec positional(Flag flag) {
    var many = flag.kind() == Flag.Kind.MANY;
    var param = PositionalParamSpec.builder().index(flag.positional() + (many ? "..*" : ""))
        .paramLabel(flag.name().toUpperCase(java.util.Locale.ROOT).replace('-', '_'))
        .description("The same as " + flag.dashed() + ".").arity(many ? "0..*" : "0..1")
        .userObject(POSITIONAL + flag.name());
    return many ? param.type(List.class).auxiliaryTypes(String.class).build() : param.type(String.class).build();
  }

  private Map<String, List<String>> values(CommandLine.ParseResult parsed) {
    var values = new LinkedHashMap<String, List<String>>();
    for (var option : parsed.matchedOptions()) {
      values.put(option.longestName().substring(2), texts(option.getValue()));
    }
    for (var param : parsed.matchedPositionals()) {
      var name = param.userObject().toString().substring(POSITIONAL.length());
      if (values.put(name, texts(param.getValue())) != null) {
        throw ProblemException.invalid(pointer("--" + name), "--" + name
            + " is given twice: as a flag and as an argument.");
      }
    }
    return values;
  }

  private static List<String> texts(Object value) {
    return value instanceof List<?> list ? list.stream().map(String::valueOf).toList() : List.of(String.valueOf(value));
  }

  private void checkRequired(FlagValues found) {
    var errors = own.stream().filter(flag -> flag.required() && !found.has(flag.name()))
        .map(flag -> new FieldError("/" + flag.field(), "is required: " + firstSentence(flag.help()))).toList();
    if (!errors.isEmpty()) {
      throw ProblemException.invalid(errors);
    }
  }

  private ProblemException unknown(List<String> unmatched) {
    var first = unmatched.getFirst();
    if (!first.startsWith("-")) {
      return ProblemException.invalid("", "'" + first + "' is one argument too many for agentbus " + command + ".");
    }
    var typed = first.contains("=") ? first.substring(0, first.indexOf('=')) : first;
    var known = flags().stream().map(Flag::dashed).collect(Collectors.toSet());
    var hint = Suggestion.words(typed, known);
    return ProblemException.invalid("", "agentbus " + command + " has no flag " + typed + hint
        + (hint.isEmpty() ? " ('agentbus " + command + " --help' lists them)." : ""));
  }

  private String pointer(String option) {
    return own.stream().filter(flag -> flag.dashed().equals(option)).findFirst().map(flag -> "/" + flag.field())
        .orElse("");
  }

  private static String firstSentence(String text) {
    var end = text.indexOf(". ");
    return end < 0 ? text : text.substring(0, end + 1);
  }

  /** picocli reads a command's texts as format strings, a flag's text not. */
  private static String plain(String text) {
    return text.replace("%", "%%").replace("@|", "@ |");
  }
}
