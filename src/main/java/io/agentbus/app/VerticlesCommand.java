package io.agentbus.app;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.door.cli.FlagSet;
import io.agentbus.door.cli.NodeCommand;
import io.agentbus.door.cli.Terminal;
import io.agentbus.op.Json;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** {@code agentbus verticles}: what runs where, as the descriptors say, and what a node has on the event bus. */
final class VerticlesCommand implements NodeCommand {
  @Override
  public String name() {
    return "verticles";
  }

  @Override
  public String summary() {
    return "Lists what a node runs: verticles, their roles, threads and settings, and its addresses on the event bus.";
  }

  @Override
  public int run(List<String> args, Terminal terminal) {
    var flags = new FlagSet(name(), summary(), List.of(), List.of());
    var values = flags.parse(args);
    if (values.help()) {
      terminal.out().print(flags.help(terminal.columns().getAsInt()));
      return 0;
    }
    var all = Json.MAPPER.createObjectNode();
    var verticles = all.putArray("verticles");
    for (var verticle : VerticleDescriptor.all()) {
      var row = verticles.addObject().put("name", verticle.name()).put("does", verticle.does());
      var roles = row.putArray("node_roles");
      verticle.nodeRoles().forEach(role -> roles.add(role.name().toLowerCase(Locale.ROOT)));
      row.put("threading", verticle.threading().name().toLowerCase(Locale.ROOT).replace('_', '-')).put("instances", verticle.instances());
      verticle.hears().forEach(row.putArray("hears")::add);
      verticle.says().forEach(row.putArray("says")::add);
      verticle.config().forEach(row.putObject("config")::set);
      row.put("class", verticle.className());
    }
    var addresses = all.putArray("addresses");
    Stream.concat(BusAddress.ALL.stream(), BusAddress.of(Commands.operations()).stream()).forEach(address -> addresses.addPOJO(address));
    if (values.json() || !terminal.interactive()) {
      terminal.out().println(Json.MAPPER.valueToTree(all).toPrettyString());
      return 0;
    }
    for (var row : verticles) {
      terminal.out().println(row.get("name").asText() + "  (" + row.get("node_roles").toString().replaceAll("[\\[\\]\"]", "") + ", "
          + row.get("threading").asText() + ")");
      terminal.out().println("    " + row.get("does").asText());
      for (var way : List.of("hears", "says")) {
        if (!row.get(way).isEmpty()) {
          terminal.out().println("    " + way + ": " + row.get(way).valueStream().map(JsonNode::asText).collect(Collectors.joining(", ")));
        }
      }
      row.get("config").properties().forEach(entry -> terminal.out().println("    " + entry.getKey() + ": " + entry.getValue().asText()));
    }
    terminal.out().println("event bus");
    for (var address : BusAddress.ALL) {
      terminal.out().println("    " + address.address() + "  (" + address.kind() + ")  " + address.does());
    }
    return 0;
  }
}
