package io.agentbus.app;

import io.agentbus.agent.OperatorToken;
import io.agentbus.config.Home;
import io.agentbus.config.LockFile;
import io.agentbus.db.Database;
import io.agentbus.db.NamedQueries;
import io.agentbus.db.embedded.EmbeddedPostgres;
import io.agentbus.db.embedded.PgSettings;
import io.agentbus.door.cli.NodeCommand;
import io.agentbus.door.cli.Terminal;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;

/** {@code agentbus token reset}: gives the home a new operator token when the old one is lost. Works on the machine itself only. */
final class TokenCommand implements NodeCommand {
  private static final int CONNECTIONS = 2;

  @Override
  public String name() {
    return "token";
  }

  @Override
  public String summary() {
    return "'token reset' replaces the operator token of the home and revokes the old one.";
  }

  @Override
  public int run(List<String> args, Terminal terminal) throws Exception {
    var flags = NodeFlags.flags(name() + " reset", summary(), List.of());
    var rest = new ArrayList<>(args);
    var reset = rest.remove("reset");
    var values = flags.parse(rest);
    if (values.help()) {
      terminal.out().print(flags.help(terminal.columns().getAsInt()));
      return 0;
    }
    if (!reset) {
      throw ProblemException.invalid("", "say 'agentbus token reset'");
    }
    var config = NodeFlags.load(values, terminal).config();
    var home = Home.open(config.node().home());
    var given = config.database().url();
    if (given != null) {
      reset(home, given.reveal());
    } else {
      resetEmbedded(home);
    }
    terminal.out().println("The new operator token is in " + home.operatorToken() + ".");
    return 0;
  }

  /** A node that runs has its Postgres up and keeps it; otherwise it is started for this and stopped again. */
  private static void resetEmbedded(Home home) throws Exception {
    var lock = LockFile.tryAcquire(home.folder().resolve("node.lock"));
    if (lock.isEmpty()) {
      reset(home, Files.readString(home.databaseUrl()).strip());
      return;
    }
    try (var _ = lock.get(); var postgres = EmbeddedPostgres.start(home.folder(), PgSettings.defaults())) {
      reset(home, postgres.databaseUrl());
    }
  }

  private static void reset(Home home, String url) throws Exception {
    var vertx = Vertx.vertx();
    try (var database = Database.open(vertx, url, CONNECTIONS, NamedQueries.load(List.of("agent")))) {
      var done = new FutureTask<>(() -> OperatorToken.reset(home, database));
      Thread.ofVirtual().start(done);
      done.get();
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().join();
    }
  }
}
