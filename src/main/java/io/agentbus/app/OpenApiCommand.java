package io.agentbus.app;

import io.agentbus.door.cli.FlagSet;
import io.agentbus.door.cli.NodeCommand;
import io.agentbus.door.cli.Terminal;
import io.agentbus.op.OpenApiDocument;
import java.util.List;

/** {@code agentbus openapi}: prints the API document that a node serves at {@code /openapi.json}. Needs no node. */
final class OpenApiCommand implements NodeCommand {
  private final String version;

  OpenApiCommand(String version) {
    this.version = version;
  }

  @Override
  public String name() {
    return "openapi";
  }

  @Override
  public String summary() {
    return "Prints the OpenAPI 3.1 document of the REST door.";
  }

  @Override
  public int run(List<String> args, Terminal terminal) {
    var flags = new FlagSet(name(), summary(), List.of(), List.of());
    var values = flags.parse(args);
    if (values.help()) {
      terminal.out().print(flags.help(terminal.columns().getAsInt()));
      return 0;
    }
    terminal.out().println(OpenApiDocument.of(Commands.operations(), version).toPrettyString());
    return 0;
  }
}
