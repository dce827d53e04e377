package io.agentbus.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.testkit.PgDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** When a phase is stuck, and when not. */
@Timeout(60)
class SilenceTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
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
  void a_phase_silent_for_twice_the_expected_time_is_stuck_once_and_its_late_report_counts() {
    var id = bench.create("one", "two");
    var job = bench.claim(id, "one");
    bench.age(id, "one", 61);
    assertThat(bench.sweep()).isEqualTo(1);
    assertThat(bench.sweep()).isZero();
    var phase = bench.phase(id, "one");
    assertThat(phase.get("status").asText()).isEqualTo("stuck");
    assertThat(phase.at("/runs/0/stuck_reason").asText()).isEqualTo("its worker has its job and was silent for more than twice the expected 30 s");
    assertThat(bench.status(id, "two")).isEqualTo("queued");
    assertThat(CampaignBench.topics(bench.get(id))).containsOnlyOnce("campaign.phase_stuck");
    var late = bench.report(id, "one", job, "passed");
    assertThat(late.get("late").asBoolean()).isTrue();
    assertThat(bench.status(id, "one")).isEqualTo("passed");
    assertThat(bench.phase(id, "one").at("/runs/0/stuck_at").isNull()).isFalse();
  }

  @Test
  void a_worker_that_tells_its_progress_is_not_silent() {
    var id = bench.create("one");
    var job = bench.claim(id, "one");
    bench.age(id, "one", 61);
    bench.call(bench.workers.get("one"), "report_progress", "{'job_id': " + job.get("id") + ", 'fence': " + job.get("fence") + ", 'progress': {'done': 3}}");
    assertThat(bench.sweep()).isZero();
    assertThat(bench.status(id, "one")).isEqualTo("running");
  }

  @Test
  void a_job_that_ended_without_a_report_makes_its_phase_stuck_at_once() {
    var id = bench.create("one");
    var job = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "fail_job", "{'job_id': " + job.get("id") + ", 'fence': " + job.get("fence") + ", 'last_error': 'no host'}");
    assertThat(bench.sweep()).isEqualTo(1);
    assertThat(bench.phase(id, "one").at("/runs/0/stuck_reason").asText()).contains("failed and nobody reported: no host");
    assertThat(bench.get(id).get("status").asText()).isEqualTo("open");
    assertThat(bench.report(id, "one", job, "failed").get("campaign_status").asText()).isEqualTo("failed");
  }

  @Test
  void time_in_which_no_node_looked_is_not_charged_to_workers() {
    var id = bench.create("one");
    bench.claim(id, "one");
    bench.sweep();
    bench.age(id, "one", 100);
    bench.truth.update("UPDATE campaign_clock SET last_swept = now() - interval '95 seconds'");
    assertThat(bench.sweepAfterSilence()).isZero();
    assertThat(bench.status(id, "one")).isEqualTo("running");
    bench.age(id, "one", 80);
    assertThat(bench.sweep()).isEqualTo(1);
  }
}
