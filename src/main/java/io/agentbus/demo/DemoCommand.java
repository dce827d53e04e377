package io.agentbus.demo;

import io.agentbus.config.Folders;
import io.agentbus.config.Home;
import io.agentbus.demo.DemoTruth.Claim;
import io.agentbus.door.cli.Flag;
import io.agentbus.door.cli.FlagSet;
import io.agentbus.door.cli.NodeCommand;
import io.agentbus.door.cli.Terminal;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@code agentbus demo}: plays the main job on this machine and exits 0 only if the database agrees with what was told. */
public final class DemoCommand implements NodeCommand {
  private static final DateTimeFormatter RUN = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss").withZone(ZoneOffset.UTC);

  @Override
  public String name() {
    return "demo";
  }

  @Override
  public String summary() {
    return "Plays the main job on this machine: a node, four agents, real work, a crash; --exit ends when it is told.";
  }

  @Override
  public int run(List<String> args, Terminal terminal) throws Exception {
    var flags = new FlagSet(name(), summary(), List.of(Flag.toggle("exit", "Ends when the story is told; else the node stays up for a look around.")),
        List.of());
    var values = flags.parse(args);
    if (values.help()) {
      terminal.out().print(flags.help(terminal.columns().getAsInt()));
      return 0;
    }
    var out = terminal.out();
    var run = "run-" + RUN.format(Instant.now());
    var folder = Files.createDirectories(home(values.home(), terminal).folder().resolve(run));
    // A home of its own: what an earlier build left in the database of another would not fit this one.
    var home = Home.open(folder.resolve("node"));
    out.println("agentbus demo: " + folder);
    out.flush();
    var agreed = false;
    try (var processes = new DemoProcesses(folder)) {
      try {
        agreed = tell(processes, home, folder, "demo/" + run, out, values.has("exit"));
      } finally {
        if (!agreed) {
          processes.logEnds().forEach(terminal.err()::println);
          terminal.err().flush();
        }
      }
    }
    if (agreed) {
      // Some 100 MB that nobody asked to keep. The digest and the logs stay, and so does all of it when something went wrong.
      Folders.delete(home.folder());
    }
    return agreed ? 0 : 1;
  }

  /** Plays the story; answers whether the database agrees with it. */
  private static boolean tell(DemoProcesses processes, Home home, Path folder, String namespace, PrintStream out, boolean exit) throws Exception {
    var node = processes.node(List.of("up", "--home", home.folder().toString(), "--port", "0", "--bus-port", "0", "--name", "demo",
        "--set", "jobs.retry-base=1s", "--set", "jobs.retry-cap=2s"));
    out.println("a node serves at " + node.url() + " with a Postgres of its own");
    var token = Files.readString(home.operatorToken()).strip();
    var story = new DemoStory(processes, node, token, home.databaseUrl(), namespace, folder, out);
    var digest = story.play(Path.of(System.getProperty("java.class.path").split(File.pathSeparator)[0]).toAbsolutePath());
    boolean agreed;
    try (var truth = new DemoTruth(Files.readString(home.databaseUrl()).strip(), namespace)) {
      print(out, truth.table());
      agreed = print(truth.claims(digest), out);
    }
    out.println();
    out.println("The digest: " + digest);
    out.flush();
    if (!exit) {
      out.println("The node stays up. Look around, for example:");
      out.println("  AGENTBUS_URL=" + node.url() + " AGENTBUS_TOKEN=$(cat " + home.operatorToken() + ") ./agentbus list-jobs --namespace " + namespace);
      out.println("Ctrl-C ends it.");
      out.flush();
      node.process().waitFor();
    }
    return agreed;
  }

  /** Where the demo lives: below the home that was named, else below the usual one, else, when that cannot be used, in a new folder for what is temporary. */
  private static Home home(@Nullable String named, Terminal terminal) throws IOException {
    var chosen = named == null ? Home.location(terminal.environment()) : Path.of(named);
    try {
      return Home.open(Home.open(chosen).folder().resolve("demo"));
    } catch (IllegalStateException unusable) {
      if (named != null || !terminal.environment().getOrDefault(Home.VARIABLE, "").isBlank()) {
        throw unusable;
      }
      var instead = Files.createTempDirectory("agentbus-demo-");
      terminal.err().println(unusable.getMessage() + "; the demo lives in " + instead);
      return Home.open(instead);
    }
  }

  private static void print(PrintStream out, List<List<String>> rows) {
    out.println();
    var heads = List.of("subject", "agent", "status", "attempts", "took", "job");
    var widths = new int[heads.size()];
    for (var i = 0; i < widths.length; i++) {
      var column = i;
      widths[i] = Math.max(heads.get(i).length(), rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0));
    }
    for (var row : Stream.concat(Stream.of(heads), rows.stream()).toList()) {
      var line = new StringBuilder();
      for (var i = 0; i < widths.length; i++) {
        line.append(row.get(i)).repeat(" ", widths[i] - row.get(i).length() + 2);
      }
      out.println(line.toString().stripTrailing());
    }
    out.println();
  }

  private static boolean print(List<Claim> claims, PrintStream out) {
    out.println("The database agrees:");
    claims.forEach(claim -> out.println((claim.holds() ? "  yes  " : "  NO   ") + claim.words()));
    return claims.stream().allMatch(Claim::holds);
  }
}
