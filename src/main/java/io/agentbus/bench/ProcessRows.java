package io.agentbus.bench;

import io.agentbus.bench.BenchProcesses.RunningNode;
import io.agentbus.db.embedded.EmbeddedPostgres;
import io.agentbus.db.embedded.PgSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What a node and the command line cost as processes: memory and times. */
final class ProcessRows {
  private static final double MILLIS = 1_000;

  private final BenchPlan plan;
  private final BenchReport report;
  private final BenchProcesses processes;

  ProcessRows(BenchPlan plan, BenchReport report, BenchProcesses processes) {
    this.plan = plan;
    this.report = report;
    this.processes = processes;
  }

  /** Starts a node several times on one database and leaves the last one running. */
  RunningNode starts(Path home, String url) throws IOException {
    var arguments = List.of("--database-url", url);
    var times = new ArrayList<Double>();
    // The first start makes the operator's token and fills the page cache.
    var node = processes.node("node", home, arguments);
    report.add(BenchRow.of("start.first", "node start, first on a migrated database", "s", node.millis() / MILLIS));
    for (var i = 0; i < plan.repeats(); i++) {
      BenchProcesses.stop(node.process());
      node = processes.node("node", home, arguments);
      times.add(node.millis() / MILLIS);
    }
    report.add(BenchRow.of("start.again", "node start, on a database it knows", "s", times).atMost(3));
    return node;
  }

  /** Starts a node several times that joins a cluster of one other, on the same database. @param folder of their homes */
  void startsInCluster(Path folder, String url) throws IOException {
    var port = Integer.toString(freePort());
    var first = processes.node("member-1", folder.resolve("member-1"), List.of("--database-url", url, "--cluster", "--cluster-port", port,
        "--set", "bus.cluster.bus-port=0"));
    var arguments = List.of("--database-url", url, "--cluster", "--cluster-port", "0", "--set", "bus.cluster.bus-port=0", "--cluster-members",
        "127.0.0.1:" + port);
    var times = new ArrayList<Double>();
    for (var i = 0; i <= plan.repeats(); i++) {
      var node = processes.node("member-2", folder.resolve("member-2"), arguments);
      // The first makes the home.
      if (i > 0) {
        times.add(node.millis() / MILLIS);
      }
      if (i == plan.repeats()) {
        memory(node, "clustered", "one of two in a cluster, before any load");
      }
      BenchProcesses.stop(node.process());
    }
    report.add(BenchRow.of("start.clustered", "node start, joining another on a database it knows", "s", times).atMost(3));
    BenchProcesses.stop(first.process());
  }

  private static int freePort() throws IOException {
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Starts a node that brings its own Postgres: in a new home, and again in it. */
  void startsWithPostgres(Path home) throws IOException {
    try {
      var node = processes.node("own", home, List.of());
      report.add(BenchRow.of("start.new_home", "node start, new home: Postgres unpacked and made", "s", node.millis() / MILLIS));
      BenchProcesses.stop(node.process());
      node = processes.node("own", home, List.of());
      report.add(BenchRow.of("start.home", "node start, with the Postgres of its home", "s", node.millis() / MILLIS).atMost(3));
      BenchProcesses.stop(node.process());
    } finally {
      // A node that could not stop leaves its server behind.
      EmbeddedPostgres.stopLeft(home, PgSettings.defaults());
    }
  }

  /** Resident memory of the node's process. @param when part of the row's id */
  void memory(RunningNode node, String when, String words) {
    var resident = Machine.residentMegabytes(node.process().pid());
    if (Double.isNaN(resident)) {
      report.note("the memory of the node is not known: this system has no /proc.");
    } else {
      report.add(BenchRow.of("memory." + when, "node resident, " + words, "MB", resident).atMost(350));
    }
  }

  /** What a call of the command line takes, from the start of its process to its end. */
  void calls(RunningNode node, Path home) throws IOException, InterruptedException {
    var environment = Map.of("AGENTBUS_URL", node.url(), "AGENTBUS_TOKEN", Files.readString(home.resolve("operator.token")).strip());
    var answers = times(List.of("list-jobs", "--limit", "1", "--json"), environment);
    report.add(BenchRow.of("cli.answer", "agentbus list-jobs --limit 1 --json", "s", answers).atMost(0.4));
    report.add(BenchRow.of("cli.help", "agentbus enqueue-job --help", "s", times(List.of("enqueue-job", "--help"), Map.of())));
  }

  private List<Double> times(List<String> arguments, Map<String, String> environment) throws IOException, InterruptedException {
    var times = new ArrayList<Double>();
    for (var i = 0; i <= plan.calls(); i++) {
      var millis = processes.call(arguments, environment);
      // The first fills the page cache.
      if (i > 0) {
        times.add(millis / MILLIS);
      }
    }
    return times;
  }
}
