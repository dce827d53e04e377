package io.agentbus.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.testkit.PgDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SequencerTest {
  @RegisterExtension
  static final PgDatabase postgres = new PgDatabase();

  static JournalBench bench;

  @BeforeAll
  static void open() {
    bench = new JournalBench(postgres);
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @BeforeEach
  void empty() throws SQLException {
    bench.run("TRUNCATE journal, journal_pending, journal_positions, journal_seals, event_facts");
  }

  @Test
  void committed_rows_get_positions_from_1_without_a_gap() throws SQLException {
    try (var connection = bench.connect()) {
      JournalBench.block(connection, 3);
      JournalBench.block(connection, 1);
      JournalBench.block(connection, 2048);
    }
    assertThat(new Sequencer(bench.database, 2).run()).isEqualTo(new Sequencer.Sequenced(2052, 2052));
    assertWhole(2052);
    assertThat(new Sequencer(bench.database).run()).isEqualTo(new Sequencer.Sequenced(0, 2052));
  }

  @Test
  void a_transaction_held_open_delays_its_own_rows_only() throws SQLException {
    var sequencer = new Sequencer(bench.database);
    try (var slow = bench.connect(); var quick = bench.connect()) {
      slow.setAutoCommit(false);
      JournalBench.block(slow, 5);
      for (var i = 0; i < 200; i++) {
        JournalBench.block(quick, 1);
      }
      assertThat(sequencer.run().newest()).isEqualTo(200);
      slow.commit();
      // Its block lies far behind the newest; the next full look finds it.
      await().atMost(Duration.ofSeconds(10)).until(() -> sequencer.run().newest() == 205);
    }
    assertWhole(205);
    assertThat(bench.one("SELECT position FROM journal_positions WHERE n = 5")).isEqualTo("201");
  }

  @Test
  void a_rolled_back_block_leaves_no_gap() throws SQLException {
    try (var connection = bench.connect()) {
      connection.setAutoCommit(false);
      JournalBench.block(connection, 5);
      connection.rollback();
      JournalBench.block(connection, 2);
      connection.commit();
    }
    new Sequencer(bench.database).run();
    assertWhole(2);
  }

  @Test
  void positions_go_on_behind_those_that_were_removed() throws SQLException {
    try (var connection = bench.connect()) {
      JournalBench.block(connection, 4);
      new Sequencer(bench.database).run();
      JournalBench.run(connection, """
          INSERT INTO journal_seals (seal_no, from_position, to_position, rows_hash, previous_hash, seal_hash, row_marks, signature, key_id, sealed_at)
          VALUES (1, 1, 4, '', '', '', '', '', '', now());
          TRUNCATE journal, journal_positions""");
      JournalBench.block(connection, 1);
    }
    assertThat(new Sequencer(bench.database).run().newest()).isEqualTo(5);
  }

  @Test
  void several_sequencers_beside_writers_give_each_row_one_position() throws SQLException, InterruptedException, ExecutionException {
    var work = new ArrayList<Callable<Long>>();
    for (var writer = 0; writer < 4; writer++) {
      work.add(() -> {
        try (var connection = bench.connect()) {
          for (var i = 0; i < 50; i++) {
            JournalBench.block(connection, 1 + i % 7);
          }
        }
        return 0L;
      });
    }
    for (var node = 0; node < 3; node++) {
      var sequencer = new Sequencer(bench.database, 3);
      work.add(() -> {
        var rows = 0L;
        for (var i = 0; i < 40; i++) {
          rows += sequencer.run().rows();
        }
        return rows;
      });
    }
    var given = 0L;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Long> done : threads.invokeAll(work)) {
        given += done.get();
      }
    }
    given += new Sequencer(bench.database).run().rows();
    var written = Long.parseLong(bench.one("SELECT count(*) FROM journal"));
    assertThat(given).isEqualTo(written);
    assertWhole(written);
  }

  private static void assertWhole(long rows) throws SQLException {
    assertThat(bench.one("""
        SELECT count(*) || ' ' || count(DISTINCT position) || ' ' || min(position) || ' ' || max(position) FROM journal_positioned"""))
        .isEqualTo(rows + " " + rows + " 1 " + rows);
  }
}
