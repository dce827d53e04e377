package io.agentbus.door.cli;

import io.agentbus.client.CallFailed;
import io.agentbus.client.NodeClient;
import io.agentbus.client.Trees;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** {@code agentbus help}: every command, grouped by area. */
final class Overview {
  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private final Collection<? extends Operation<?, ?, ?>> operations;
  private final List<NodeCommand> commands;
  private final String version;

  Overview(Collection<? extends Operation<?, ?, ?>> operations, List<NodeCommand> commands, String version) {
    this.operations = operations;
    this.commands = commands;
    this.version = version;
  }

  int run(List<String> args, Map<String, String> leading, Terminal terminal) throws CallFailed {
    var flags = new FlagSet("help [COMMAND]", "Lists every command, or shows the flags of one.",
        List.of(Flag.toggle("mine", "Only commands that the token at hand may use; asks the node.")), List.of());
    var values = flags.parse(leading, args);
    var rights = values.has("mine") ? rights(new NodeClient(values.access(terminal.environment()))) : null;
    terminal.out().print(text(rights, terminal.columns().getAsInt()));
    return 0;
  }

  private static Set<String> rights(NodeClient node) throws CallFailed {
    var rights = new HashSet<String>();
    node.call("whoami", Trees.MAPPER.createObjectNode(), PATIENCE).path("rights")
        .forEach(right -> rights.add(right.asText()));
    return rights;
  }

  private String text(@Nullable Set<String> rights, int columns) {
    var areas = new LinkedHashMap<String, List<String[]>>();
    var node = new ArrayList<String[]>();
    commands.forEach(command -> node.add(new String[] {command.name(), command.summary()}));
    node.add(new String[] {"completion bash", "Prints a script that completes commands and flags in a shell."});
    node.add(new String[] {"help [COMMAND]",
        "Lists every command (--mine: that you may use), or shows the flags of one."});
    areas.put("node", node);
    for (var operation : operations) {
      var isHidden = commands.stream()
          .anyMatch(command -> command.name().equals(OperationCommand.commandName(operation)));
      var isMine = rights == null || operation.right() == Right.NONE || rights.contains(operation.right().wire());
      if (isMine && !isHidden) {
        areas.computeIfAbsent(area(operation), _ -> new ArrayList<>())
            .add(new String[] {OperationCommand.commandName(operation), operation.summary()});
      }
    }
    var width = areas.values().stream().flatMap(List::stream).mapToInt(line -> line[0].length()).max().orElse(0);
    var text = new StringBuilder("agentbus " + version + ": the durable work bus for fleets of AI agents\n\n"
        + "Usage: agentbus [--url URL] [--token TOKEN] [--home DIR] [--json] COMMAND [FLAGS]\n"
        + "       agentbus COMMAND --help\n");
    areas.forEach((area, lines) -> {
      text.append('\n').append(area.substring(0, 1).toUpperCase(Locale.ROOT)).append(area.substring(1)).append('\n');
      for (var line : lines) {
        var summary = line[1];
        var room = Math.max(30, columns - width - 4);
        text.append("  ").append(line[0]).append(" ".repeat(width - line[0].length() + 2))
            .append(summary.length() <= room ? summary : summary.substring(0, room - 1) + "…").append('\n');
      }
    });
    return text.toString();
  }

  /** The feature that an operation belongs to. */
  private static String area(Operation<?, ?, ?> operation) {
    var owner = operation.service().getPackageName();
    return owner.substring(owner.lastIndexOf('.') + 1);
  }
}
