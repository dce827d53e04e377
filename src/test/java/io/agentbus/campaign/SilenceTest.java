package io.agentbus.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.testkit.PgDatabase;
import java.util.List;
import java.util.stream.StreamSupport;
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
    bench.tellProgress("one", job);
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
  void a_worker_that_completes_its_job_before_it_reports_has_a_moment_for_that() {
    var id = bench.create("one");
    var job = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "complete_job", "{'job_id': " + job.get("id") + ", 'fence': " + job.get("fence") + "}");
    assertThat(bench.sweep()).isZero();
    bench.age(id, "one", 14);
    assertThat(bench.sweep()).isZero();
    bench.age(id, "one", 2);
    assertThat(bench.sweep()).isEqualTo(1);
    assertThat(bench.phase(id, "one").at("/runs/0/stuck_reason").asText()).isEqualTo("its job succeeded and nobody reported");
  }

  @Test
  void an_outage_after_the_word_that_ends_a_silence_is_not_charged_either() {
    var id = bench.create("one");
    var job = bench.claim(id, "one");
    bench.age(id, "one", 61);
    assertThat(bench.sweep()).isEqualTo(1);
    bench.tellProgress("one", job);
    // It spoke, and nobody looked for 100 s from then on.
    bench.age(id, "one", 100);
    bench.truth.update("UPDATE campaign_runs SET stuck_at = stuck_at - interval '101 s' WHERE open AND stuck_at IS NOT NULL AND campaign_id = ?::uuid", id);
    bench.truth.update("UPDATE campaign_clock SET last_swept = now() - interval '100 seconds'");
    // The clock may be moved before anybody looks who was heard of again.
    assertThat(bench.sweepAfterSilence()).isZero();
    assertThat(bench.status(id, "one")).isEqualTo("running");
    assertThat(bench.sweep()).isZero();
    assertThat(bench.status(id, "one")).isEqualTo("running");
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

  @Test
  void an_outage_is_not_charged_to_a_worker_whose_deadline_comes_from_its_last_word() {
    var id = bench.create("one", "two");
    var told = bench.claim(id, "one");
    List.of("one", "two").forEach(phase -> bench.age(id, phase, 50));
    bench.tellProgress("one", told);
    bench.claim(id, "two");
    // Silent for 5 s when the bus fell away, for 45 s.
    List.of("one", "two").forEach(phase -> bench.age(id, phase, 50));
    bench.truth.update("UPDATE campaign_clock SET last_swept = now() - interval '45 seconds'");
    assertThat(bench.sweepAfterSilence()).isZero();
    // Of the 60 s and the 15 s of grace, 65 s are gone.
    List.of("one", "two").forEach(phase -> bench.age(id, phase, 60));
    assertThat(bench.sweep()).isZero();
    List.of("one", "two").forEach(phase -> bench.age(id, phase, 15));
    assertThat(bench.sweep()).isEqualTo(2);
  }

  @Test
  void a_word_of_its_worker_ends_the_silence_and_a_later_one_is_told_again() {
    var id = bench.create("one", "two");
    var job = bench.claim(id, "one");
    List.of("one", "two").forEach(phase -> bench.age(id, phase, 61));
    assertThat(bench.sweep()).isEqualTo(2);
    bench.tellProgress("one", job);
    bench.claim(id, "two");
    assertThat(bench.sweep()).isZero();
    assertThat(bench.get(id).get("phases").findValuesAsText("status")).containsExactly("running", "running");
    assertThat(bench.phase(id, "one").at("/runs/0/stuck_at").isNull()).isTrue();
    bench.sweep();
    assertThat(CampaignBench.topics(bench.get(id))).filteredOn("campaign.phase_heard"::equals).hasSize(2);
    bench.age(id, "one", 61);
    assertThat(bench.sweep()).isEqualTo(1);
    assertThat(bench.status(id, "one")).isEqualTo("stuck");
    assertThat(bench.status(id, "two")).isEqualTo("running");
    assertThat(CampaignBench.topics(bench.get(id))).filteredOn("campaign.phase_stuck"::equals).hasSize(3);
    var box = bench.call(bench.orchestrator, "inbox", "{'limit': 500}").get("items");
    assertThat(StreamSupport.stream(box.spliterator(), false).filter(message -> message.at("/payload/campaign_id").asText().equals(id))
        .map(message -> message.get("title").asText())).containsExactlyInAnyOrder("Phase one is stuck", "Phase two is stuck",
            "Phase one is heard of again", "Phase two is heard of again", "Phase one is stuck");
  }

  @Test
  void a_job_that_is_tried_again_after_its_end_is_stuck_until_somebody_takes_it() {
    var id = bench.create("one");
    var job = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "fail_job", "{'job_id': " + job.get("id") + ", 'fence': " + job.get("fence") + ", 'last_error': 'no host'}");
    bench.sweep();
    bench.call(bench.operator, "retry_job", "{'job_id': " + job.get("id") + "}");
    bench.sweep();
    assertThat(bench.status(id, "one")).isEqualTo("stuck");
    bench.claim(id, "one");
    assertThat(bench.sweep()).isZero();
    assertThat(bench.status(id, "one")).isEqualTo("running");
  }

  @Test
  void silence_is_reckoned_from_a_claim_also_when_its_lease_was_lost() {
    var id = bench.create("one");
    bench.age(id, "one", 50);
    var job = bench.claim(id, "one");
    bench.age(id, "one", 30);
    bench.expire(job);
    assertThat(bench.sweep()).isZero();
    bench.age(id, "one", 31);
    assertThat(bench.sweep()).isEqualTo(1);
  }
}
