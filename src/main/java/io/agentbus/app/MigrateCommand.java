package io.agentbus.app;

import io.agentbus.config.Home;
import io.agentbus.db.Migrator;
import io.agentbus.db.embedded.EmbeddedPostgres;
import io.agentbus.db.embedded.PgSettings;
import io.agentbus.door.cli.Flag;
import io.agentbus.door.cli.NodeCommand;
import io.agentbus.door.cli.Terminal;
import java.util.List;

/** {@code agentbus migrate}: brings a database up to this release, or prints what that would run. */
final class MigrateCommand implements NodeCommand {
  @Override
  public String name() {
    return "migrate";
  }

  @Override
  public String summary() {
    return "Brings the database up to this release, or prints the script that would.";
  }

  @Override
  public int run(List<String> args, Terminal terminal) {
    var flags = NodeFlags.flags(name(), summary(), List.of(Flag.toggle("print", "Prints the script for a DBA and changes nothing.")));
    var values = flags.parse(args);
    if (values.help()) {
      terminal.out().print(flags.help(terminal.columns().getAsInt()));
      return 0;
    }
    var config = NodeFlags.load(values, terminal).config();
    var url = config.database().url();
    if (url != null) {
      return migrate(new Migrator(url.reveal()), values.has("print"), terminal);
    }
    // The node's own Postgres: a node that runs has migrated it, so that only a stopped one's is started for this.
    var home = Home.open(config.node().home());
    try (var _ = home.lock(); var postgres = EmbeddedPostgres.start(home.folder(), PgSettings.defaults())) {
      return migrate(new Migrator(postgres.databaseUrl()), values.has("print"), terminal);
    }
  }

  private static int migrate(Migrator migrator, boolean print, Terminal terminal) {
    if (print) {
      terminal.out().print(migrator.print());
      return 0;
    }
    var applied = migrator.migrate();
    terminal.out().println(applied.isEmpty() ? "The database is up to date." : "Applied " + String.join(", ", applied) + ".");
    return 0;
  }
}
