package io.agentbus.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.db.JdbcUrl;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/**
 * 64 claimers at several nodes over one database, with workers that die and nodes that are cut off and killed. Every job ends once,
 * fences only grow, no attempt stays open and no agent ever holds more than its limit. Prints its seed; repeat with {@code -Dsim.seed=}.
 */
final class ClaimersRun {
  private static final int CLAIMERS = 64;
  private static final int AGENTS = 16;

  private final PgDatabase database;

  ClaimersRun(PgDatabase database) {
    this.database = database;
  }

  /** A token that may do everything everywhere. */
  String operatorToken() {
    try (var bus = TestBus.open(database)) {
      return bus.call(TestBus.operator(), "create_token",
          "{\"name\": \"sim\", \"namespaces\": [], \"rights\": [\"read\", \"ask\", \"work\", \"operate\", \"admin\"]}").get("secret").asText();
    }
  }

  /** Two nodes in this process, each of which is killed once, while all connections are cut twice. */
  void inOneProcess(int jobs) {
    var operator = operatorToken();
    try (var first = new BusNode(database.url(), "node-1"); var second = new BusNode(database.url(), "node-2")) {
      run(new Fleet(List.of(first, second), operator), jobs, List.of(this::cutConnections, () -> crash(second), this::cutConnections,
          () -> crash(first)));
    }
  }

  /** Two nodes in processes of their own: each is killed alone, then both at once, and all connections are cut. */
  void inProcesses(int jobs, Path folder) {
    try (var first = new ProcessNode(database, folder, "node-1"); var second = new ProcessNode(database, folder, "node-2")) {
      run(new Fleet(List.of(first, second), first.operatorToken()), jobs, List.of(() -> crash(first), this::cutConnections, () -> crash(second),
          () -> {
            first.crash();
            second.crash();
            first.restart();
            second.restart();
          }));
    }
  }

  static void crash(SimNode node) {
    node.crash();
    node.restart();
  }

  /** Lets 64 claimers do so many jobs while faults happen, one after the other. */
  void run(Fleet fleet, int jobs, List<Runnable> faults) {
    var seed = Long.getLong("sim.seed", System.nanoTime());
    System.out.println("Claimers: " + jobs + " jobs, -Dsim.seed=" + seed);
    var random = new SplittableRandom(seed);
    fleet.register(AGENTS);
    fleet.enqueue(jobs, random);
    var ledger = new Ledger();
    var began = System.nanoTime();
    var samples = new AtomicLong();
    var threads = new ArrayList<Thread>();
    try (var watch = new LimitWatch(database.url())) {
      for (var i = 0; i < CLAIMERS; i++) {
        var claimer = new Claimer(fleet, fleet.members.get(i % AGENTS), i / AGENTS % fleet.nodes.size(), random.split(), ledger);
        threads.add(Thread.ofVirtual().name("claimer-" + i).start(claimer));
      }
      try {
        for (var i = 0; i < faults.size(); i++) {
          awaitEnded(jobs * (i + 1) / (faults.size() + 2), watch, ledger);
          faults.get(i).run();
        }
        awaitEnded(jobs, watch, ledger);
      } finally {
        ledger.end();
        threads.forEach(ClaimersRun::join);
      }
      assertThat(watch.found()).as("an agent above its limit").isNull();
      samples.set(watch.samples());
    }
    var took = Duration.ofNanos(System.nanoTime() - began);
    System.out.println("Claimers: " + ledger + ", " + samples + " looks at the limits, " + took.toMillis() + " ms");
    if (ledger.failure() != null) {
      throw new AssertionError(ledger.failure());
    }
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> number("SELECT count(*) FROM agentbus.journal_pending") == 0);
    Invariants.check(database);
    assertThat(number("SELECT count(*) FROM agentbus.job_facts")).isEqualTo(jobs);
    assertThat(number("SELECT count(*) FROM agentbus.job_leases")).as("attempts left open").isZero();
    var succeeded = succeeded();
    ledger.done().forEach((job, fence) -> assertThat(succeeded).as("what was answered as accepted holds").containsEntry(job, fence));
  }

  private void awaitEnded(int jobs, LimitWatch watch, Ledger ledger) {
    Awaitility.await().atMost(Duration.ofMinutes(10)).pollInterval(Duration.ofMillis(50)).until(() -> watch.found() != null
        || ledger.failure() != null || number("SELECT count(*) FROM agentbus.job_closings WHERE ends AND NOT reopened") >= jobs);
  }

  /** Cuts all connections of all nodes; those of the test bear another name. */
  void cutConnections() {
    assertThat(number("SELECT count(*) FILTER (WHERE pg_terminate_backend(pid)) FROM pg_stat_activity "
        + "WHERE datname = current_database() AND application_name = 'agentbus'")).isPositive();
  }

  private long number(String query) {
    try (var connection = JdbcUrl.of(database.url()).connect(); var statement = connection.createStatement();
        var rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getLong(1);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private Map<String, Long> succeeded() {
    try (var connection = JdbcUrl.of(database.url()).connect(); var statement = connection.createStatement(); var rows = statement.executeQuery(
        "SELECT id, fence FROM agentbus.job_closings WHERE job_status = 'succeeded' AND ends AND NOT reopened")) {
      var found = new HashMap<String, Long>();
      while (rows.next()) {
        found.put(rows.getString(1), rows.getLong(2));
      }
      return found;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}
