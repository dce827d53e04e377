package io.agentbus.bench;

import io.agentbus.op.Caller;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** What a node does for producers and workers in its own process. */
final class LocalRows {
  private static final int THREADS = 1_000;
  private static final int WORKERS = 4;
  private static final int AT_ONCE = 1_000;
  private static final int LIMITED_AGENTS = 100;
  private static final int CONCURRENCY = 4;

  /** Something to time. */
  interface Step {
    void run();
  }

  private final BenchPlan plan;
  private final BenchReport report;
  private final BenchDatabase database;
  private final LocalNode node;
  private final LocalLoad load;
  private final List<String> names = List.of("bench-a", "bench-b");
  private final List<Caller> agents;

  LocalRows(BenchPlan plan, BenchReport report, BenchDatabase database, LocalNode node) {
    this.plan = plan;
    this.report = report;
    this.database = database;
    this.node = node;
    this.load = new LocalLoad(node);
    this.agents = names.stream().map(name -> node.agent(name, 0)).toList();
  }

  /** How many a second. */
  static double rate(int count, Step step) {
    var started = System.nanoTime();
    step.run();
    return Figures.rate(count, System.nanoTime() - started);
  }

  /** Enqueues and drains, with nothing in the way; with the log and the statements that a job costs. */
  void plain() throws SQLException {
    round(plan.jobs() / 4);
    var counted = counting();
    var in = new ArrayList<Double>();
    var out = new ArrayList<Double>();
    var statements = new ArrayList<Double>();
    var log = new ArrayList<Double>();
    database.checkpoint();
    var before = database.walBytes();
    var first = 0.0;
    for (var i = 0; i < plan.repeats(); i++) {
      var calls = counted ? database.statements() : 0;
      var round = round(plan.jobs());
      in.add(round.in());
      out.add(round.out());
      var after = database.walBytes();
      if (i == 0) {
        first = (double) (after - before) / plan.jobs();
      } else {
        log.add((double) (after - before) / plan.jobs());
      }
      before = after;
      if (counted) {
        statements.add((double) (database.statements() - calls) / plan.jobs());
      }
    }
    report.add(BenchRow.of("local.enqueue", "in the process: enqueue, " + THREADS + " threads", "jobs/s", in).under(ceiling("bare.enqueue_1000")));
    report.add(BenchRow.of("local.drain", "in the process: drain, unlimited agents", "jobs/s", out).under(ceiling("bare.drain_1000")));
    report.add(BenchRow.of("wal.after_checkpoint", "log of a job, right after a checkpoint", "bytes", first));
    if (!log.isEmpty()) {
      report.add(BenchRow.of("wal", "log of a job, enqueue to finish", "bytes", log).atMost(2_000));
    }
    if (counted) {
      report.add(BenchRow.of("statements", "statements of a job, enqueue to finish", "statements", statements).atMost(0.02));
    }
  }

  /** The same while another transaction keeps the server from clearing dead rows. */
  void pinned() throws SQLException {
    database.tidy();
    try (Connection held = database.pin()) {
      report.add(BenchRow.of("local.drain_pinned", "in the process: drain, a transaction held open", "jobs/s", drains())
          .under(ceiling("local.drain")).ratioAtLeast(0.9));
      held.rollback();
    }
    database.tidy();
  }

  /** The same with many finished jobs in the database. @param filler writes them */
  void withHistory(BareLoop filler) throws SQLException {
    filler.enqueue(plan.history(), AT_ONCE);
    filler.drain(plan.history(), AT_ONCE);
    database.tidy();
    report.add(BenchRow.of("local.drain_history", "in the process: drain, " + Figures.text(plan.history()) + " more finished jobs", "jobs/s",
        drains()).under(ceiling("local.drain")).ratioAtLeast(0.9));
  }

  /** Agents that may hold few jobs at a time. */
  void limited() {
    var few = IntStream.range(0, LIMITED_AGENTS).mapToObj(i -> "limited-" + i).toList();
    var callers = few.stream().map(name -> node.agent(name, CONCURRENCY)).toList();
    var jobs = Math.max(LIMITED_AGENTS, plan.jobs() / 2);
    var samples = new ArrayList<Double>();
    // The first two rounds warm what no row before this one has used.
    for (var i = -2; i < plan.repeats(); i++) {
      load.enqueue(few, jobs, THREADS, false);
      var rate = Figures.rate(jobs, load.drain(callers, jobs, LIMITED_AGENTS, CONCURRENCY));
      if (i >= 0) {
        samples.add(rate);
      }
    }
    report.add(BenchRow.of("local.drain_limited", "in the process: drain, 100 agents of at most 4 jobs", "jobs/s", samples)
        .under(ceiling("local.drain")).atLeast(20_000));
  }

  private record Round(double in, double out) {}

  private Round round(int jobs) {
    var in = rate(jobs, () -> load.enqueue(names, jobs, THREADS, false));
    return new Round(in, Figures.rate(jobs, load.drain(agents, jobs, WORKERS, AT_ONCE)));
  }

  private List<Double> drains() {
    return IntStream.range(0, plan.repeats()).mapToObj(i -> round(plan.jobs()).out()).toList();
  }

  private boolean counting() {
    try {
      database.countStatements();
      return true;
    } catch (SQLException refused) {
      report.note("statements are not counted, because pg_stat_statements cannot be used: " + refused.getMessage());
      return false;
    }
  }

  private @Nullable BenchRow ceiling(String id) {
    return report.row(id).orElse(null);
  }
}
