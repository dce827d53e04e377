package io.agentbus.door.cli;

import io.agentbus.client.CallFailed;
import io.agentbus.op.Operation;
import io.agentbus.problem.ProblemException;
import io.agentbus.problem.Suggestion;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The command line: finds the command that is asked for and builds that one alone. */
public final class Cli {
  private final Supplier<? extends Collection<? extends Operation<?, ?, ?>>> operations;
  private final List<NodeCommand> commands;
  private final String version;
  private final Clock clock;

  /**
   * @param operations every operation of the catalogue; asked for only when no node command is meant
   * @param commands the other commands; one of them hides an operation of the same name
   * @param version of the program
   * @param clock for times relative to now
   */
  public Cli(Supplier<? extends Collection<? extends Operation<?, ?, ?>>> operations,
      List<? extends NodeCommand> commands, String version, Clock clock) {
    this.operations = operations;
    this.commands = List.copyOf(commands);
    this.version = version;
    this.clock = clock;
  }

  /** Runs a command line in the calling thread; problems are printed, never thrown. Returns the exit code. */
  public int run(List<String> argv, Terminal terminal) {
    var end = argv.indexOf("--");
    var json = (end < 0 ? argv : argv.subList(0, end)).contains("--json");
    try {
      return dispatch(argv, terminal);
    } catch (ProblemException e) {
      return complain(Complaint.of(e), terminal, json);
    } catch (CallFailed e) {
      return complain(Complaint.of(e), terminal, json);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      terminal.err().println("agentbus: interrupted");
      return 1;
    } catch (Exception e) {
      // A defect or an outage of this machine: the cause is all there is to tell, and its trace is for whoever mends
      // it.
      terminal.err().println("agentbus: " + e + " [internal]");
      e.printStackTrace(terminal.err());
      return 1;
    } finally {
      terminal.out().flush();
    }
  }

  private static int complain(Complaint complaint, Terminal terminal, boolean json) {
    complaint.print(terminal, json);
    return complaint.exitCode();
  }

  private int dispatch(List<String> argv, Terminal terminal) throws Exception {
    var before = GlobalFlags.leading(argv);
    if (before.values().containsKey("version")) {
      terminal.out().println("agentbus " + version);
      return 0;
    }
    if (before.rest().isEmpty()) {
      return overview(List.of(), terminal, before);
    }
    var typed = before.rest().getFirst();
    var name = typed.replace('_', '-');
    var args = before.rest().subList(1, before.rest().size());
    var command = command(name);
    if (command.isPresent()) {
      var all = new ArrayList<>(argv.subList(0, argv.size() - before.rest().size()));
      all.addAll(args);
      return command.get().run(all, terminal);
    }
    return switch (name) {
      case "help" -> help(args, terminal, before);
      case "completion" -> new Completion(operations.get(), commands).run(args, terminal);
      default -> operation(name, terminal).orElseThrow(() -> unknown(typed))
          .run(before.values(), args, terminal, clock);
    };
  }

  private int help(List<String> args, Terminal terminal, GlobalFlags.Leading before) throws Exception {
    if (args.isEmpty() || args.getFirst().startsWith("-")) {
      return overview(args, terminal, before);
    }
    var name = args.getFirst().replace('_', '-');
    var command = command(name);
    if (command.isPresent()) {
      return command.get().run(List.of("--help"), terminal);
    }
    return operation(name, terminal).orElseThrow(() -> unknown(args.getFirst()))
        .run(before.values(), List.of("--help"), terminal, clock);
  }

  private int overview(List<String> args, Terminal terminal, GlobalFlags.Leading before) throws CallFailed {
    return new Overview(operations.get(), commands, version).run(args, before.values(), terminal);
  }

  private Optional<NodeCommand> command(String name) {
    return commands.stream().filter(command -> command.name().equals(name)).findFirst();
  }

  private Optional<OperationCommand> operation(String name, Terminal terminal) {
    return operations.get().stream()
        .filter(operation -> OperationCommand.commandName(operation).equals(name)).findFirst()
        .map(operation -> new OperationCommand(operation, terminal.environment()));
  }

  private ProblemException unknown(String typed) {
    var known = Stream.of(commands.stream().map(NodeCommand::name),
        operations.get().stream().map(OperationCommand::commandName),
        Stream.of("help", "completion")).flatMap(names -> names).toList();
    var hint = Suggestion.words(typed, known);
    return ProblemException.invalid("", "agentbus has no command " + typed
        + (hint.isEmpty() ? " ('agentbus help' lists them)." : hint));
  }
}
