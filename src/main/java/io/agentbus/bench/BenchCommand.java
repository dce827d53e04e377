package io.agentbus.bench;

import io.agentbus.config.Folders;
import io.agentbus.db.embedded.EmbeddedPostgres;
import io.agentbus.db.embedded.PgSettings;
import io.agentbus.door.cli.Flag;
import io.agentbus.door.cli.FlagSet;
import io.agentbus.door.cli.FlagValues;
import io.agentbus.door.cli.NodeCommand;
import io.agentbus.door.cli.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/** {@code agentbus bench}: measures what the bus does on this machine, beside what the same Postgres does without it. */
public final class BenchCommand implements NodeCommand {
  private static final int CONNECTIONS = 200;
  private static final String CACHE = "512MB";
  private static final int MAX_HISTORY = 10_000_000;
  private static final Path RESULTS = Path.of("bench", "results");

  @Override
  public String name() {
    return "bench";
  }

  @Override
  public String summary() {
    return "Measures the bus on this machine, beside what the same Postgres does without it.";
  }

  @Override
  public int run(List<String> args, Terminal terminal) throws Exception {
    var flags = new FlagSet(name(), summary(), List.of(
        Flag.toggle("quick", "Small counts: about a minute. Without it: some minutes."),
        Flag.one("history", "NUMBER", "Finished jobs in the database for the row about history. Default: 20000 with --quick, else 200000."),
        Flag.one("database-url", "URL", "A server on which to make, and drop, a database. Default: a Postgres of the run's own."),
        Flag.toggle("save", "Writes the results to " + RESULTS + " of the folder it runs in, as JSON and as Markdown.")),
        List.of("", "Measure on an idle machine. bench/README.md says how to read the rows."));
    var values = flags.parse(args);
    if (values.help()) {
      terminal.out().print(flags.help(terminal.columns().getAsInt()));
      return 0;
    }
    var plan = values.has("quick") ? BenchPlan.QUICK : BenchPlan.FULL;
    plan = plan.withHistory(values.whole("history", plan.history(), 1_000, MAX_HISTORY));
    var at = Instant.now();
    var report = measure(plan, values, terminal, at);
    terminal.out().print(values.json() ? report.json().toPrettyString() + "\n" : report.text());
    if (values.has("save")) {
      terminal.err().println("bench: saved as " + save(report, at));
    }
    return 0;
  }

  private static BenchReport measure(BenchPlan plan, FlagValues values, Terminal terminal, Instant at) throws Exception {
    var folder = Files.createTempDirectory("agentbus-bench");
    var home = folder.resolve("server");
    var settings = PgSettings.defaults().withSize(CONNECTIONS, CACHE);
    // In a hook, because Ctrl-C ends the run where it stands: neither servers nor files may outlive it.
    var processes = new BenchProcesses(folder);
    var clear = Thread.ofPlatform().name("bench-clear").unstarted(() -> {
      processes.close();
      EmbeddedPostgres.stopLeft(home, settings);
      EmbeddedPostgres.stopLeft(folder.resolve(BenchRun.OWN_HOME), PgSettings.defaults());
      try {
        Folders.delete(folder);
      } catch (IOException failure) {
        terminal.err().println("bench: " + folder + " stays: " + failure.getMessage());
      }
    });
    Runtime.getRuntime().addShutdownHook(clear);
    var run = new BenchRun(plan, terminal.err(), processes);
    var given = values.text("database-url");
    if (given != null) {
      return run.on(given, folder, at);
    }
    try (var postgres = EmbeddedPostgres.start(home, settings)) {
      return run.on(postgres.databaseUrl(), folder, at);
    }
  }

  private static Path save(BenchReport report, Instant at) throws IOException {
    var name = LocalDate.ofInstant(at, ZoneOffset.UTC) + "-" + Machine.commit();
    Files.createDirectories(RESULTS);
    Files.writeString(RESULTS.resolve(name + ".json"), report.json().toPrettyString() + "\n");
    return Files.writeString(RESULTS.resolve(name + ".md"), report.markdown());
  }
}
