package io.agentbus.app;

import io.agentbus.door.cli.NodeCommand;
import io.agentbus.door.cli.Terminal;
import io.agentbus.op.Json;
import java.util.List;

/** {@code agentbus config}: the settings in force and where each came from. */
final class ConfigCommand implements NodeCommand {
  @Override
  public String name() {
    return "config";
  }

  @Override
  public String summary() {
    return "Prints the settings in force and where each came from; refuses what a node would refuse.";
  }

  @Override
  public int run(List<String> args, Terminal terminal) {
    var flags = NodeFlags.flags(name(), summary(), List.of());
    var values = flags.parse(args);
    if (values.help()) {
      terminal.out().print(flags.help(terminal.columns().getAsInt()));
      return 0;
    }
    var settings = NodeFlags.load(values, terminal).settings();
    if (values.json() || !terminal.interactive()) {
      var all = Json.MAPPER.createArrayNode();
      settings.forEach(setting -> all.addObject().put("key", setting.key()).put("value", setting.text()).put("origin", setting.origin().toString()));
      terminal.out().println(all.toPrettyString());
      return 0;
    }
    var keys = settings.stream().mapToInt(setting -> setting.key().length()).max().orElse(0);
    var texts = settings.stream().mapToInt(setting -> setting.text().length()).max().orElse(0);
    settings.forEach(setting -> terminal.out().printf("%-" + keys + "s  %-" + texts + "s  %s%n", setting.key(), setting.text(), setting.origin()));
    return 0;
  }
}
