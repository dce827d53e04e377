package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Truth;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of work when its node's way to the database is cut, again and again. */
@Timeout(180)
class CutDatabaseStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  private static NodeProcess node;
  private static Truth truth;

  @BeforeAll
  static void start() {
    node = NodeProcess.over(DATABASE, folder, "one");
    truth = node.truth();
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  /** Promise: a worker daemon rides out cut connections, also in the middle of its last word, and its job ends once. */
  @Test
  void a_worker_finishes_its_job_across_three_cuts_of_its_nodes_connections_and_the_job_ends_once() throws Exception {
    var worker = node.worker("steady", List.of("--lease-seconds", "6", "--once"), "sh", "-c",
        "echo $AGENTBUS_FENCE >> $DIR/runs; for i in $(seq 1200); do [ -e $DIR/go ] && break; sleep 0.05; done; "
            + "echo '{\"kept\": true}'");
    var job = node.enqueue("\"target_agent\": \"steady\"");
    truth.awaitStatus(job, "running");
    for (var cuts = 0; cuts < 2; cuts++) {
      var before = truth.one("SELECT leased_until::text FROM job_leases WHERE id = ?::uuid", job);
      cut();
      await("a renewal after the cut").atMost(JavaProgram.LONG).until(() -> truth.holds(
          "(SELECT leased_until FROM job_leases WHERE id = ?::uuid) > ?::timestamptz", job, before));
    }
    cutInTheMiddleOfClosing();

    truth.awaitStatus(job, "succeeded");
    assertThat(worker.awaitExit()).as(worker.complained()).isZero();
    assertThat(truth.attempts(job)).containsExactly("1 succeeded counted");
    assertThat(truth.result(job, "kept")).isEqualTo("true");
    assertThat(Files.readAllLines(folder.resolve("runs"))).hasSize(1);
    assertThat(truth.all("SELECT to_state FROM journal WHERE job_id = ?::uuid AND to_state IS NOT NULL ORDER BY at, id", job))
        .containsExactly("queued", "leased", "running", "succeeded");
    assertThat(truth.count("SELECT count(*) FROM job_closings WHERE id = ?::uuid", job)).isEqualTo(1);
  }

  /** The command ends, its node says so to the database, and is cut while the database is at it. */
  private static void cutInTheMiddleOfClosing() throws SQLException, IOException {
    try (var lock = truth.connect(); var statement = lock.createStatement()) {
      lock.setAutoCommit(false);
      statement.execute("LOCK TABLE job_closings IN SHARE MODE");
      Files.createFile(folder.resolve("go"));
      await("the closing has begun").atMost(JavaProgram.LONG).until(() -> truth.holds(
          "EXISTS (SELECT FROM pg_locks WHERE relation = 'job_closings'::regclass AND NOT granted)"));
      cut();
      lock.rollback();
    }
  }

  private static void cut() {
    assertThat(truth.count("""
        SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
        WHERE datname = current_database() AND application_name = 'agentbus'""")).isPositive();
  }
}
