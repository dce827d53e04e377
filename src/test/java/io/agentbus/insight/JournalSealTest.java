package io.agentbus.insight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentbus.config.Home;
import io.agentbus.crypto.SigningKey;
import io.agentbus.event.JournalBench;
import io.agentbus.event.Sequencer;
import io.agentbus.insight.VerifiedJournal.FirstBad;
import io.agentbus.testkit.PgDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

class JournalSealTest {
  @RegisterExtension
  static final PgDatabase postgres = new PgDatabase();

  static JournalBench bench;

  @TempDir
  Path folder;

  Node node;

  /** What one node has outside the database. */
  private record Node(Home home, SigningKey key, SealExport export, JournalSealer sealer, JournalVerifier verifier) {
    static Node at(Path folder) {
      var home = Home.open(folder);
      var key = SigningKey.open(home);
      var export = new SealExport(home);
      return new Node(home, key, export, new JournalSealer(bench.database, key, export, folder.getFileName().toString(), 2_048),
          new JournalVerifier(home, key, export));
    }

    VerifiedJournal verify() {
      return verifier.verify(bench.call(JournalBench.OPERATOR), new VerifyJournal(null, null));
    }

    FirstBad bad() {
      var found = verify();
      assertThat(found.ok()).isFalse();
      return found.firstBad();
    }
  }

  @BeforeAll
  static void open() {
    bench = new JournalBench(postgres);
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  /** Three seals over 2,000, 2,000 and 6 rows, and one row that is not sealed. */
  @BeforeEach
  void sealSome() throws SQLException {
    bench.run("TRUNCATE journal, journal_pending, journal_positions, journal_seals, journal_keys");
    node = Node.at(folder.resolve("one"));
    try (var connection = bench.connect()) {
      JournalBench.block(connection, 2_000);
      JournalBench.block(connection, 2_000);
      new Sequencer(bench.database).run();
      while (node.sealer.run() > 0) {
        continue;
      }
      JournalBench.block(connection, 3);
      JournalBench.block(connection, 1);
      JournalBench.block(connection, 1);
      JournalBench.block(connection, 1);
      new Sequencer(bench.database).run();
      while (node.sealer.run() > 0) {
        continue;
      }
      JournalBench.block(connection, 1);
      new Sequencer(bench.database).run();
    }
  }

  @Test
  void an_untouched_journal_is_whole_and_the_unsealed_tail_is_named() {
    var found = node.verify();
    assertThat(found.firstBad()).isNull();
    assertThat(found.ok()).isTrue();
    assertThat(found.checked()).isEqualTo(4_006);
    assertThat(found.sealedTo()).isEqualTo(4_006);
    assertThat(found.exportedTo()).isEqualTo(4_006);
    assertThat(found.unsealed()).isEqualTo(new VerifiedJournal.Unsealed(4_007L, 4_007L, 1));
    assertThat(found.trusted()).isTrue();
    assertThat(found.keys()).containsExactly(new VerifiedJournal.Key(node.key.keyId(), "home"));
    assertThat(found.nextPosition()).isNull();
  }

  @Test
  void an_edited_row_is_named() throws SQLException {
    bench.run("UPDATE journal SET actor = 'token:nobody' WHERE id = (SELECT id FROM journal_positioned WHERE position = 2345)");
    assertBad(node.bad(), 2345L, "edited");
  }

  @Test
  void every_column_is_covered() throws SQLException {
    for (var change : new String[] {"at = at + interval '1 microsecond'", "job_id = NULL", "fence = 1", "namespace_id = 2", "attempt = 1",
        "from_state = 'queued'", "to_state = NULL", "actor = actor || ' '", "action = ''", "detail = '{}'"}) {
      try (var connection = bench.connect()) {
        JournalBench.run(connection, "CREATE TABLE kept AS SELECT * FROM journal_positioned WHERE position = 7; UPDATE journal SET " + change
            + " WHERE id = (SELECT id FROM kept)");
        assertBad(node.bad(), 7L, "edited");
        JournalBench.run(connection, "UPDATE journal j SET at = k.at, job_id = k.job_id, fence = k.fence, namespace_id = k.namespace_id,"
            + " attempt = k.attempt, from_state = k.from_state, to_state = k.to_state, actor = k.actor, action = k.action, detail = k.detail"
            + " FROM kept k WHERE k.id = j.id; DROP TABLE kept");
        assertThat(node.verify().ok()).as(change).isTrue();
      }
    }
  }

  @Test
  void a_deleted_row_is_named() throws SQLException {
    bench.run("DELETE FROM journal WHERE id = (SELECT id FROM journal_positioned WHERE position = 4001)");
    assertBad(node.bad(), 4001L, "missing");
  }

  @Test
  void a_deleted_block_is_named_though_its_positions_went_too() throws SQLException {
    bench.run("DELETE FROM journal WHERE id IN (SELECT id FROM journal_positioned WHERE position > 4003);"
        + " DELETE FROM journal_positions WHERE position > 4003");
    assertBad(node.bad(), 4004L, "missing");
  }

  @Test
  void a_row_deleted_before_it_was_sealed_is_named() throws SQLException {
    bench.run("DELETE FROM journal WHERE id = (SELECT id FROM journal_positioned WHERE position = 4007)");
    assertBad(node.bad(), 4007L, "missing");
    // Sealing goes on for the rows that follow, and does not hide it.
    assertThat(node.sealer.run()).isEqualTo(1);
    assertBad(node.bad(), 4007L, "missing");
  }

  @Test
  void rows_with_swapped_contents_are_named() throws SQLException {
    bench.run("""
        UPDATE journal j SET job_id = o.job_id, at = o.at, actor = o.actor FROM journal_positioned me, journal_positioned o
        WHERE me.id = j.id AND (me.position, o.position) IN ((100, 200), (200, 100))""");
    assertBad(node.bad(), 100L, "reordered");
  }

  @Test
  void reordered_positions_are_named() throws SQLException {
    bench.run("""
        CREATE TEMP TABLE turned AS SELECT * FROM journal_positions WHERE position IN (4004, 4006);
        DELETE FROM journal_positions WHERE position IN (4004, 4006);
        INSERT INTO journal_positions SELECT 8010 - position, first_id, n FROM turned""");
    assertBad(node.bad(), 4004L, "reordered");
  }

  @Test
  void a_row_with_a_forged_position_is_named() throws SQLException {
    bench.run("INSERT INTO journal (id, actor, action) VALUES (5, 'token:nobody', 'forged');"
        + " INSERT INTO journal_positions VALUES (1000, 5, 1)");
    var bad = node.bad();
    assertBad(bad, 1000L, "inserted");
    assertThat(bad.journalId()).isEqualTo(5);
  }

  @Test
  void a_position_beyond_the_end_is_named_and_stops_the_sealing_there() throws SQLException {
    bench.run("INSERT INTO journal (id, actor, action) VALUES (5, 'token:nobody', 'forged');"
        + " INSERT INTO journal_positions VALUES (900000, 5, 1)");
    assertThat(node.sealer.run()).isEqualTo(1);
    assertThatThrownBy(node.sealer::run).hasMessageContaining("no whole block begins at position 4008");
    assertBad(node.bad(), 4008L, "missing");
  }

  @Test
  void a_row_slipped_in_between_blocks_is_named() throws SQLException {
    bench.run("INSERT INTO journal (id, actor, action) SELECT first_id + 5, 'token:nobody', 'forged' FROM journal_positions WHERE position = 4001");
    var bad = node.bad();
    assertThat(bad.what()).isEqualTo("inserted");
    assertThat(bad.journalId()).isNotNull();
    bench.run("DELETE FROM journal WHERE action = 'forged'; INSERT INTO journal (id, actor, action) VALUES (1, 'token:nobody', 'forged')");
    assertThat(node.bad().journalId()).isEqualTo(1);
  }

  @Test
  void cut_off_seals_are_noticed_and_not_sealed_over() throws SQLException {
    bench.run("DELETE FROM journal_seals WHERE seal_no >= 2");
    assertBad(node.bad(), 2001L, "seals_missing");
    assertThatThrownBy(node.sealer::run).hasMessageContaining("lacks seal 3");
    bench.run("DELETE FROM journal_seals");
    assertBad(node.bad(), 1L, "seals_missing");
    assertThatThrownBy(node.sealer::run).hasMessageContaining("lacks seal 3");
  }

  @Test
  void the_whole_end_cut_off_is_noticed() throws SQLException {
    bench.run("DELETE FROM journal_seals WHERE seal_no = 3; DELETE FROM journal WHERE id IN (SELECT id FROM journal_positioned WHERE position > 4000);"
        + " DELETE FROM journal_positions WHERE position > 4000");
    assertBad(node.bad(), 4001L, "seals_missing");
  }

  @Test
  void a_seal_gone_from_the_middle_is_named() throws SQLException {
    bench.run("DELETE FROM journal_seals WHERE seal_no = 2");
    assertBad(node.bad(), 2001L, "seals_missing");
  }

  @Test
  void a_changed_seal_is_named() throws SQLException {
    bench.run("UPDATE journal_seals SET sealed_at = sealed_at + interval '1 second' WHERE seal_no = 2");
    assertBad(node.bad(), 2001L, "seal_broken");
  }

  @Test
  void seals_made_anew_with_another_key_are_not_taken_for_ours() throws SQLException, IOException {
    bench.run("UPDATE journal SET actor = 'token:nobody' WHERE id = (SELECT id FROM journal_positioned WHERE position = 3); TRUNCATE journal_seals");
    var other = Node.at(folder.resolve("forger"));
    while (other.sealer.run() > 0) {
      continue;
    }
    // In themselves they hold, and the answer says who vouches for them; what this node exported is not among them.
    assertThat(node.bad().what()).isIn("seal_broken", "seals_missing");
    Files.delete(node.export.file());
    var found = node.verify();
    assertThat(found.ok()).isTrue();
    assertThat(found.trusted()).isFalse();
    assertThat(found.keys()).containsExactly(new VerifiedJournal.Key(other.key.keyId(), "database"));
  }

  @Test
  void a_key_under_a_foreign_id_is_not_used() throws SQLException {
    bench.run("UPDATE journal_seals SET key_id = 'ffffffffffffffff' WHERE seal_no = 1; INSERT INTO journal_keys SELECT 'ffffffffffffffff',"
        + " public_key, 'x' FROM journal_keys LIMIT 1");
    assertBad(node.bad(), 1L, "seal_broken");
  }

  @Test
  void two_nodes_continue_one_chain_and_each_exports_it() throws SQLException, IOException {
    var other = Node.at(folder.resolve("two"));
    assertThat(other.sealer.run()).isEqualTo(1);
    assertThat(node.sealer.run()).isZero();
    assertThat(node.export.pinned()).isEqualTo(other.export.pinned());
    var found = node.verify();
    assertThat(found.ok()).isTrue();
    assertThat(found.trusted()).isFalse();
    Files.createDirectories(node.home.folder().resolve("trusted-keys"));
    Files.copy(other.home.folder().resolve("journal.pub"), node.home.folder().resolve("trusted-keys/two.pub"));
    assertThat(node.verify().trusted()).isTrue();
  }

  @Test
  void a_long_journal_is_checked_in_pieces() throws SQLException {
    var first = node.verifier.verify(bench.call(JournalBench.OPERATOR), new VerifyJournal(null, 2_000));
    assertThat(first.checked()).isEqualTo(2_000);
    assertThat(first.nextPosition()).isEqualTo(2_001);
    var rest = node.verifier.verify(bench.call(JournalBench.OPERATOR), new VerifyJournal(2_001L, null));
    assertThat(rest.checked()).isEqualTo(2_006);
    assertThat(rest.nextPosition()).isNull();
    var behind = node.verifier.verify(bench.call(JournalBench.OPERATOR), new VerifyJournal(1_000_000L, null));
    assertThat(behind.ok()).isTrue();
    bench.run("UPDATE journal SET actor = 'token:nobody' WHERE id = (SELECT id FROM journal_positioned WHERE position = 3)");
    assertThat(node.verifier.verify(bench.call(JournalBench.OPERATOR), new VerifyJournal(2_001L, null)).ok()).isTrue();
    assertBad(node.bad(), 3L, "edited");
  }

  @Test
  void it_is_whole_while_writes_and_seals_go_on() throws SQLException {
    var stop = new AtomicBoolean();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.submit(() -> {
        var sequencer = new Sequencer(bench.database);
        try (var connection = bench.connect()) {
          while (!stop.get()) {
            JournalBench.block(connection, 40);
            sequencer.run();
          }
        }
        return null;
      });
      threads.submit(() -> {
        while (!stop.get()) {
          node.sealer.run();
        }
      });
      try {
        for (var i = 0; i < 8; i++) {
          assertThat(node.verify().firstBad()).isNull();
        }
      } finally {
        stop.set(true);
      }
    }
    assertThat(node.verify().checked()).isGreaterThan(4_006);
  }

  private static void assertBad(FirstBad bad, Long position, String what) {
    assertThat(bad.what() + " at " + bad.position()).isEqualTo(what + " at " + position);
  }
}
