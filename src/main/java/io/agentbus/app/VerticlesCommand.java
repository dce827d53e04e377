package io.agentbus.app;

import io.agentbus.door.cli.FlagSet;
import io.agentbus.door.cli.NodeCommand;
import io.agentbus.door.cli.Terminal;
import io.agentbus.op.Json;
import java.util.List;
import java.util.Locale;

/** {@code agentbus verticles}: what runs where, as the descriptors say. */
final class VerticlesCommand implements NodeCommand {
  @Override
  public String name() {
    return "verticles";
  }

  @Override
  public String summary() {
    return "Lists what a node runs: verticles, their roles, threads and settings.";
  }

  @Override
  public int run(List<String> args, Terminal terminal) {
    var flags = new FlagSet(name(), summary(), List.of(), List.of());
    var values = flags.parse(args);
    if (values.help()) {
      terminal.out().print(flags.help(terminal.columns().getAsInt()));
      return 0;
    }
    var all = Json.MAPPER.createArrayNode();
    for (var verticle : VerticleDescriptor.all()) {
      var row = all.addObject().put("name", verticle.name()).put("does", verticle.does());
      var roles = row.putArray("node_roles");
      verticle.nodeRoles().forEach(role -> roles.add(role.name().toLowerCase(Locale.ROOT)));
      row.put("threading", verticle.threading().name().toLowerCase(Locale.ROOT).replace('_', '-')).put("instances", verticle.instances());
      verticle.hears().forEach(row.putArray("hears")::add);
      verticle.says().forEach(row.putArray("says")::add);
      verticle.config().forEach(row.putObject("config")::set);
      row.put("class", verticle.className());
    }
    if (values.json() || !terminal.interactive()) {
      terminal.out().println(all.toPrettyString());
      return 0;
    }
    for (var row : all) {
      terminal.out().println(row.get("name").asText() + "  (" + row.get("node_roles").toString().replaceAll("[\\[\\]\"]", "") + ", "
          + row.get("threading").asText() + ")");
      terminal.out().println("    " + row.get("does").asText());
      row.get("config").properties().forEach(entry -> terminal.out().println("    " + entry.getKey() + ": " + entry.getValue().asText()));
    }
    return 0;
  }
}
