package io.agentbus.campaign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.testkit.BusCaller;
import io.agentbus.testkit.PgDatabase;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The sweeper when it has much to do. */
@Timeout(60)
class CampaignSweeperTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final String FILLED = "filled";
  private static CampaignBench bench;

  @BeforeAll
  static void open() {
    bench = new CampaignBench(DATABASE);
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @Test
  void a_look_or_a_removal_that_takes_long_does_not_look_like_an_outage() throws SQLException {
    var silent = bench.create("one");
    var ended = bench.create("two");
    bench.land(ended, "two", "passed");
    bench.age(silent, "one", 61);
    bench.truth.update("UPDATE campaigns SET finished_at = now() - interval '2 hours' WHERE id = ?::uuid", ended);
    try (var other = bench.truth.connect()) {
      other.setAutoCommit(false);
      try (var statement = other.createStatement()) {
        statement.execute("SELECT FROM campaigns FOR UPDATE");
      }
      var config = new CampaignSweeperConfig(Duration.ofMillis(20), 100, Duration.ofMillis(2_500), Duration.ofSeconds(15), Duration.ofSeconds(15), Duration.ofHours(1));
      var verticle = new CampaignSweeperVerticle(bench.bus.bus().campaigns().sweeps(), bench.bus.bus().campaigns().removals(), config);
      var id = BusCaller.await(bench.bus.vertx().deployVerticle(verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
          .toCompletionStage().toCompletableFuture());
      // The look waits for the one campaign, the removals for the other.
      await().until(() -> bench.truth.count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'") >= 2);
      var then = bench.truth.one("SELECT last_swept FROM campaign_clock");
      await().until(() -> bench.truth.holds("(SELECT last_swept > ?::timestamptz + interval '100 ms' FROM campaign_clock)", then));
      assertThat(bench.status(silent, "one")).isEqualTo("queued");
      other.rollback();
      await().until(() -> bench.status(silent, "one").equals("stuck"));
      await().until(() -> bench.truth.count("SELECT count(*) FROM campaigns WHERE id = ?::uuid", ended) == 0);
      BusCaller.await(bench.bus.vertx().undeploy(id).toCompletionStage().toCompletableFuture());
    }
  }

  @Test
  void thousands_of_stuck_phases_do_not_hide_who_was_heard_of_again_or_fell_silent() {
    var id = bench.create("one", "two");
    var job = bench.claim(id, "one");
    bench.age(id, "one", 61);
    assertThat(bench.sweep()).isEqualTo(1);
    var filled = bench.create("three");
    bench.truth.update("INSERT INTO campaign_phases SELECT campaign_id, i, '" + FILLED + "' || i, NULL, NULL, namespace_id, worker, 1000000, template"
        + " FROM campaign_phases, generate_series(2, 10401) i WHERE campaign_id = ?::uuid AND phase_no = 1", filled);
    // Half of them stuck, half long since heard of though they were due; all come before a newer job.
    bench.truth.update("INSERT INTO campaign_runs (campaign_id, phase_no, run, job_id, due_at, stuck_at) SELECT campaign_id, phase_no, 1,"
        + " ('00000000-0000-4000-8000-' || lpad(to_hex(phase_no), 12, '0'))::uuid, now() - interval '1 hour', CASE WHEN phase_no % 2 = 0 THEN now() END"
        + " FROM campaign_phases WHERE campaign_id = ?::uuid AND phase_no > 1", filled);
    bench.tellProgress("one", job);
    bench.age(id, "two", 61);
    var found = bench.sweep() + bench.sweep();
    assertThat(found).isEqualTo(1);
    assertThat(bench.status(id, "one")).isEqualTo("running");
    assertThat(bench.status(id, "two")).isEqualTo("stuck");
  }
}
