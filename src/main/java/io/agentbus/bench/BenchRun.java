package io.agentbus.bench;

import io.agentbus.config.Home;
import io.vertx.core.Vertx;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Instant;

/** One run: every row in the order in which one can be the ceiling of the next. */
final class BenchRun {
  /** The home, in the folder of the run, of a node with a Postgres of its own. */
  static final String OWN_HOME = "own";

  private final BenchPlan plan;
  private final PrintStream progress;
  private final BenchProcesses processes;

  /**
   * @param progress is told what is being measured
   * @param processes for the nodes and the load; closed with the run
   */
  BenchRun(BenchPlan plan, PrintStream progress, BenchProcesses processes) {
    this.plan = plan;
    this.progress = progress;
    this.processes = processes;
  }

  /**
   * Measures on a database of its own, which it drops.
   *
   * @param serverUrl a server where the user may make databases
   * @param folder for homes, logs and scripts of the run
   */
  BenchReport on(String serverUrl, Path folder, Instant at) throws Exception {
    try (var database = BenchDatabase.create(serverUrl)) {
      var report = new BenchReport(Machine.facts(plan.name(), at, database.server()), progress);
      var ceilings = new CeilingRows(plan, report, database.url(), folder);
      say("ceilings");
      ceilings.pgbench();
      inProcess(report, ceilings, database, Home.open(folder.resolve("local")).folder());
      if (plan.processes()) {
        asProcesses(report, database, folder);
      }
      return report;
    }
  }

  private void inProcess(BenchReport report, CeilingRows ceilings, BenchDatabase database, Path home) throws Exception {
    var vertx = Vertx.vertx();
    try (var node = new LocalNode(database.url(), home)) {
      node.agent("bench-bare", 0);
      ceilings.bare(vertx, "bench-bare");
      var local = new LocalRows(plan, report, database, node);
      say("in the process: plain");
      local.plain();
      say("in the process: a transaction held open");
      local.pinned();
      say("in the process: limited agents");
      local.limited();
      say("in the process: events");
      new EventRows(plan, report, node).all();
      say("in the process: history");
      try (var loop = new BareLoop(vertx, database.url(), "bench-bare")) {
        local.withHistory(loop);
      }
    } finally {
      vertx.close().await();
    }
  }

  private void asProcesses(BenchReport report, BenchDatabase database, Path folder) throws Exception {
    try (processes) {
      var rows = new ProcessRows(plan, report, processes);
      var home = folder.resolve("node");
      say("node starts");
      var node = rows.starts(home, database.url());
      say("command line");
      rows.calls(node, home);
      rows.memory(node, "idle", "before any load");
      say("HTTP");
      new HttpRows(plan, report, processes, node, home).all();
      rows.memory(node, "loaded", "after the load");
      BenchProcesses.stop(node.process());
      say("node starts in a cluster");
      rows.startsInCluster(folder, database.url());
      say("node starts with a Postgres of its own");
      rows.startsWithPostgres(folder.resolve(OWN_HOME));
      report.note("nodes and calls were started by " + processes.way() + ".");
    }
  }

  private void say(String words) {
    progress.println("bench: " + words + " ...");
    progress.flush();
  }
}
