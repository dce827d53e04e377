package io.agentbus.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Truth;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import org.awaitility.Awaitility;

/**
 * Senders, and two readers for each inbox, at two nodes that are killed while they work. No message that was accepted is lost, none is seen after its
 * acknowledgement, each comes from whom it says. Prints its seed; repeat with {@code -Dsim.seed=}.
 */
final class MailRun {
  private static final int SENDERS = 50;
  private static final int READERS = 2;

  private final PgDatabase database;
  private final ClaimersRun faults;

  MailRun(PgDatabase database) {
    this.database = database;
    this.faults = new ClaimersRun(database);
  }

  /** Nodes in this process; each is killed once, and all connections are cut twice. */
  void inOneProcess(int messages, int agents) {
    var operator = faults.operatorToken();
    try (var first = new BusNode(database.url(), "node-1"); var second = new BusNode(database.url(), "node-2")) {
      run(new Fleet(List.of(first, second), operator), messages, agents, List.of(faults::cutConnections, () -> ClaimersRun.crash(second),
          faults::cutConnections, () -> ClaimersRun.crash(first)));
    }
  }

  /** Nodes in processes of their own: each is killed alone, then both at once, and all connections are cut. */
  void inProcesses(int messages, int agents, Path folder) {
    try (var first = new ProcessNode(database, folder, "node-1"); var second = new ProcessNode(database, folder, "node-2")) {
      run(new Fleet(List.of(first, second), first.operatorToken()), messages, agents, List.of(() -> ClaimersRun.crash(first), faults::cutConnections,
          () -> ClaimersRun.crash(second), () -> {
            first.crash();
            second.crash();
            first.restart();
            second.restart();
          }));
    }
  }

  private void run(Fleet fleet, int messages, int agents, List<Runnable> faults) {
    var seed = Long.getLong("sim.seed", System.nanoTime());
    System.out.println("Mail: " + messages + " messages to " + agents + " agents, -Dsim.seed=" + seed);
    var random = new SplittableRandom(seed);
    fleet.register(agents);
    var readers = List.copyOf(fleet.members);
    var ledger = new MailLedger();
    var began = System.nanoTime();
    var threads = new ArrayList<Thread>();
    for (var i = 0; i < readers.size() * READERS; i++) {
      var reader = new MailReader(fleet, readers.get(i % readers.size()), "reader-" + i, i, random.split(), ledger);
      threads.add(Thread.ofVirtual().name("reader-" + i).start(reader));
    }
    for (var i = 0; i < SENDERS; i++) {
      // Every agent both sends and reads.
      var count = messages / SENDERS + (i < messages % SENDERS ? 1 : 0);
      var self = readers.get(i % readers.size());
      threads.add(Thread.ofVirtual().name("sender-" + i).start(
          new MailSender(fleet, self, readers, i, count, random.split(), ledger, i)));
    }
    try {
      for (var i = 0; i < faults.size(); i++) {
        awaitAccepted(messages * (i + 1) / (faults.size() + 1), ledger);
        faults.get(i).run();
      }
      awaitAccepted(messages, ledger);
      Awaitility.await().atMost(Duration.ofMinutes(5)).pollInterval(Duration.ofMillis(50)).until(() -> ledger.failure() != null
          || truth("SELECT count(*) FROM message_facts f WHERE NOT EXISTS (SELECT FROM message_acks k WHERE k.id = f.id)").equals("0"));
    } finally {
      ledger.end();
      threads.forEach(MailRun::join);
    }
    System.out.println("Mail: " + ledger + ", " + Duration.ofNanos(System.nanoTime() - began).toMillis() + " ms");
    if (ledger.failure() != null) {
      throw new AssertionError(ledger.failure());
    }
    check(messages, ledger);
  }

  private void check(int messages, MailLedger ledger) {
    assertThat(ledger.accepted()).hasSize(messages);
    // Not containsAll, which compares each with each.
    var lost = new HashSet<>(ledger.accepted());
    lost.removeAll(ledger.seen());
    assertThat(lost).as("nothing that was accepted is lost").isEmpty();
    assertThat(new HashSet<>(new Truth(database.url()).all("SELECT DISTINCT title FROM message_facts"))).isEqualTo(ledger.accepted());
    assertThat(truth("SELECT count(*) FROM message_facts WHERE source NOT LIKE '%/' || split_part(title, '#', 1)")).as("senders are true").isEqualTo("0");
    assertThat(truth("SELECT count(*) FROM (SELECT title FROM message_facts WHERE dedupe_key IS NULL GROUP BY title HAVING count(*) > 1) x"))
        .as("sent twice under one Idempotency-Key").isEqualTo("0");
    assertThat(truth("SELECT count(*) FROM message_unread")).isEqualTo("0");
    assertThat(truth("SELECT sum(unacked) FROM message_boxes")).isEqualTo("0");
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> truth("SELECT count(*) FROM journal_pending").equals("0"));
    Invariants.check(database);
  }

  private static void awaitAccepted(int count, MailLedger ledger) {
    Awaitility.await().atMost(Duration.ofMinutes(10)).pollInterval(Duration.ofMillis(50))
        .until(() -> ledger.failure() != null || ledger.accepted().size() >= count);
  }

  private String truth(String query) {
    return new Truth(database.url()).one(query);
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
