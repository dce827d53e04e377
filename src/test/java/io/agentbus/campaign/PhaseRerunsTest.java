package io.agentbus.campaign;

import static io.agentbus.campaign.CampaignBench.reportOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Batches, and phases that run again. */
@Timeout(60)
class PhaseRerunsTest {
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
  void a_stuck_phase_is_run_again_alone_and_the_run_before_stays_in_the_evidence() {
    var id = bench.create("one", "two");
    var job = bench.claim(id, "one");
    bench.land(id, "two", "passed");
    bench.age(id, "one", 61);
    bench.sweep();
    var two = bench.phase(id, "two");
    bench.call(bench.operator, "rerun_phase", "{'campaign_id': '" + id + "', 'phase': 'one', 'run': 1, 'reason': 'its host froze'}");
    // The same call again does not run it twice.
    bench.call(bench.operator, "rerun_phase", "{'campaign_id': '" + id + "', 'phase': 'one', 'run': 1}");
    assertThat(bench.phase(id, "two")).isEqualTo(two);
    assertThat(bench.truth.status(job.get("id").asText())).isEqualTo("cancelled");
    var stale = bench.refused(bench.workers.get("one"), "report_phase", reportOf(id, "one", job, "failed", ""));
    assertThat(stale.code()).isEqualTo(ProblemCode.LEASE_LOST);
    assertThat(stale.getMessage()).contains("Run 1", "was replaced", "run 2");
    assertThat(bench.refused(bench.operator, "report_phase", "{'campaign_id': '" + id + "', 'phase': 'one', 'verdict': 'failed', 'run': 1}").code())
        .isEqualTo(ProblemCode.LEASE_LOST);
    assertThat(bench.land(id, "one", "passed").get("campaign_status").asText()).isEqualTo("passed");
    // The run before had come to the same, word for word.
    assertThat(bench.refused(bench.workers.get("one"), "report_phase", reportOf(id, "one", job, "passed", "")).code()).isEqualTo(ProblemCode.LEASE_LOST);
    var phase = bench.phase(id, "one");
    assertThat(phase.get("runs")).hasSize(2);
    assertThat(phase.at("/runs/0/replaced_reason").asText()).isEqualTo("its host froze");
    assertThat(phase.at("/runs/1/verdict").asText()).isEqualTo("passed");
    // What was refused is told too.
    assertThat(bench.truth.count("SELECT count(*) FROM journal WHERE action = 'report_phase' AND detail->>'refused' = 'lease_lost'")).isPositive();
  }

  @Test
  void a_failed_phase_may_be_run_again_after_the_verdict_which_stays_in_the_history() {
    var id = bench.create("one", "two");
    bench.land(id, "one", "failed");
    bench.land(id, "two", "passed");
    assertThat(bench.refused(bench.workers.get("one"), "rerun_phase", "{'campaign_id': '" + id + "', 'phase': 'one'}").code()).isEqualTo(ProblemCode.FORBIDDEN);
    bench.call(bench.operator, "decide_campaign", "{'campaign_id': '" + id + "', 'decision': 'fix_forward', 'reason': 'one line'}");
    bench.call(bench.operator, "decide_campaign", "{'campaign_id': '" + id + "', 'decision': 'fix_forward'}");
    assertThat(bench.refused(bench.operator, "decide_campaign", "{'campaign_id': '" + id + "', 'decision': 'accept'}").code())
        .isEqualTo(ProblemCode.INVALID_TRANSITION);
    assertThat(bench.call(bench.operator, "rerun_phase", "{'campaign_id': '" + id + "', 'phase': 'one'}").get("status").asText()).isEqualTo("open");
    assertThat(bench.refused(bench.operator, "decide_campaign", "{'campaign_id': '" + id + "', 'decision': 'accept'}").code())
        .isEqualTo(ProblemCode.INVALID_TRANSITION);
    bench.land(id, "one", "passed");
    var campaign = bench.get(id);
    assertThat(campaign.get("status").asText()).isEqualTo("passed");
    assertThat(campaign.get("verdicts").findValuesAsText("verdict")).containsExactly("failed", "passed");
    assertThat(campaign.at("/verdicts/0/decision_reason").asText()).isEqualTo("one line");
  }

  @Test
  void phases_of_a_batch_run_in_their_order_whatever_each_came_to_and_batches_side_by_side() {
    var id = bench.createOf("{'name': 's1', 'worker': 'one', 'expected_seconds': 30, 'batch': 'a'}, {'name': 's2', 'worker': 'one', 'expected_seconds': 30,"
        + " 'batch': 'a'}, {'name': 't1', 'worker': 'two', 'expected_seconds': 30, 'batch': 'b'}, {'name': 't2', 'worker': 'two', 'expected_seconds': 30, 'batch': 'b'}");
    assertThat(bench.get(id).get("phases").findValuesAsText("status")).containsExactly("queued", "waiting", "queued", "waiting");
    var waiting = bench.refused(bench.operator, "report_phase", "{'campaign_id': '" + id + "', 'phase': 's2', 'verdict': 'passed'}");
    assertThat(waiting.code()).isEqualTo(ProblemCode.INVALID_TRANSITION);
    assertThat(waiting.getMessage()).contains("batch 'a'");
    var job = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "report_phase", reportOf(id, "s1", job, "failed", ""));
    assertThat(bench.status(id, "s2")).isEqualTo("queued");
    assertThat(bench.status(id, "t2")).isEqualTo("waiting");
  }

  @Test
  void a_phase_of_a_batch_that_is_to_run_again_waits_until_no_other_of_the_batch_is_at_work() {
    var id = bench.createOf("{'name': 's1', 'worker': 'one', 'expected_seconds': 30, 'batch': 'a'}, {'name': 's2', 'worker': 'one', 'expected_seconds': 30,"
        + " 'batch': 'a'}, {'name': 's3', 'worker': 'one', 'expected_seconds': 30, 'batch': 'a'}");
    var first = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "report_phase", reportOf(id, "s1", first, "failed", ""));
    var second = bench.claim(id, "one");
    var rerun = "{'campaign_id': '" + id + "', 'phase': 's1', 'run': 1, 'reason': 'a bad start'}";
    for (var i = 0; i < 2; i++) {
      var answer = bench.call(bench.operator, "rerun_phase", rerun);
      assertThat(answer.at("/warnings/0").asText()).isEqualTo("phase 's1' waits for its turn in batch 'a'");
      assertThat(answer.get("phases").findValuesAsText("status")).containsExactly("waiting", "running", "waiting");
      assertThat(answer.at("/phases/0/runs")).hasSize(1);
    }
    var more = bench.refused(bench.operator, "rerun_phase", "{'campaign_id': '" + id + "', 'phase': 's1'}");
    assertThat(more.code()).isEqualTo(ProblemCode.INVALID_TRANSITION);
    assertThat(more.getMessage()).contains("has not begun run 2");
    var stale = bench.refused(bench.workers.get("one"), "report_phase", reportOf(id, "s1", first, "passed", ""));
    assertThat(stale.code()).isEqualTo(ProblemCode.LEASE_LOST);
    assertThat(stale.getMessage()).contains("Run 1", "was replaced", "waits for its turn");
    var early = bench.refused(bench.operator, "report_phase", "{'campaign_id': '" + id + "', 'phase': 's1', 'verdict': 'passed'}");
    assertThat(early.code()).isEqualTo(ProblemCode.INVALID_TRANSITION);
    assertThat(early.getMessage()).contains("is to run again", "batch 'a'");
    var page = bench.call(bench.operator, "get_campaign", "{'campaign_id': '" + id + "', 'format': 'markdown'}").get("document").asText();
    assertThat(page).contains("### s1 (waiting)", "because a bad start");

    bench.call(bench.workers.get("one"), "report_phase", reportOf(id, "s2", second, "passed", ""));
    assertThat(bench.get(id).get("phases").findValuesAsText("status")).containsExactly("queued", "passed", "waiting");
    assertThat(bench.phase(id, "s1").get("run").asInt()).isEqualTo(2);
    var again = bench.claim(id, "one");
    assertThat(again.at("/payload/campaign/run").asInt()).isEqualTo(2);
    bench.call(bench.workers.get("one"), "report_phase", reportOf(id, "s1", again, "passed", ""));
    var third = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "report_phase", reportOf(id, "s3", third, "passed", ""));
    assertThat(bench.get(id).get("status").asText()).isEqualTo("passed");
  }

  @Test
  void a_stuck_phase_of_a_batch_is_replaced_at_once_and_the_next_one_goes_on_waiting() {
    var id = bench.createOf("{'name': 's1', 'worker': 'one', 'expected_seconds': 30, 'batch': 'a'}, {'name': 's2', 'worker': 'one', 'expected_seconds': 30,"
        + " 'batch': 'a'}");
    bench.age(id, "s1", 61);
    bench.sweep();
    var answer = bench.call(bench.operator, "rerun_phase", "{'campaign_id': '" + id + "', 'phase': 's1'}");
    assertThat(answer.has("warnings")).isFalse();
    assertThat(answer.get("phases").findValuesAsText("status")).containsExactly("queued", "waiting");
  }
}
