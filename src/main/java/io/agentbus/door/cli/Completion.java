package io.agentbus.door.cli;

import io.agentbus.op.Operation;
import io.agentbus.problem.ProblemException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code agentbus completion bash}: a script with every command and flag in it, so that a tab never starts a JVM. */
final class Completion {
  private final Collection<? extends Operation<?, ?, ?>> operations;
  private final List<NodeCommand> commands;

  Completion(Collection<? extends Operation<?, ?, ?>> operations, List<NodeCommand> commands) {
    this.operations = operations;
    this.commands = commands;
  }

  int run(List<String> args, Terminal terminal) {
    if (args.size() != 1 || !args.getFirst().equals("bash")) {
      throw ProblemException.invalid("", "Say which shell: agentbus completion bash > /etc/bash_completion.d/agentbus");
    }
    terminal.out().print(bash());
    return 0;
  }

  private String bash() {
    var global = GlobalFlags.ALL.stream().map(Flag::dashed).collect(Collectors.joining(" "));
    var names = Stream.concat(commands.stream().map(NodeCommand::name),
        operations.stream().map(OperationCommand::commandName))
        .distinct().collect(Collectors.joining(" "));
    var script = new StringBuilder("""
        # Completion of agentbus for bash.
        _agentbus() {
          local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command= words= i
          for ((i = 1; i < COMP_CWORD; i++)); do
            [[ ${COMP_WORDS[i]} != -* ]] && { command=${COMP_WORDS[i]}; break; }
          done
          case "$command $before" in
        """);
    for (var operation : operations) {
      for (var flag : new OperationCommand(operation, Map.of()).flags().flags()) {
        if (!flag.candidates().isEmpty()) {
          script.append("    '").append(OperationCommand.commandName(operation)).append(' ').append(flag.dashed())
              .append("') words='")
              .append(String.join(" ", flag.candidates())).append("' ;;\n");
        }
      }
    }
    script.append("  esac\n  [[ $words ]] || case \"$command\" in\n    '') words='").append(names)
        .append(" completion help ")
        .append(global).append("' ;;\n");
    for (var operation : operations) {
      var flags = new OperationCommand(operation, Map.of()).flags().flags().stream().map(Flag::dashed)
          .collect(Collectors.joining(" "));
      script.append("    ").append(OperationCommand.commandName(operation)).append(") words='").append(flags)
          .append("' ;;\n");
    }
    return script.append("    *) words='").append(global).append("""
        ' ;;
          esac
          COMPREPLY=($(compgen -W "$words" -- "$word"))
        }
        complete -o default -F _agentbus agentbus
        """).toString();
  }
}
