package io.agentbus.contract;

import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TempFolders;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.extension.ExtensionContext;

/** One bus for all that are tried through every door, and its doors; it closes with the test run. */
record Doors(PgDatabase database, ExtensionContext root, World world, List<Door> all) implements AutoCloseable {
  static Doors open(ExtensionContext root) {
    var database = new PgDatabase();
    database.beforeAll(root);
    var world = new World(database);
    return new Doors(database, root, world, List.of(new RestCalls(world.web.server.baseUrl(), true), new McpCalls(world.web.server.baseUrl(), false),
        new BusCalls(world.bus.vertx()), new BridgeCalls(world.bridge.port()), new CommandLines(world.web.server.baseUrl(), noHome(), false)));
  }

  /** A folder without a token in it. */
  private static Path noHome() {
    return TempFolders.create("agentbus-contract");
  }

  @Override
  public void close() throws Exception {
    for (var door : all) {
      if (door instanceof AutoCloseable open) {
        open.close();
      }
    }
    world.close();
    database.afterAll(root);
  }
}
