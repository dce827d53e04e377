package io.agentbus.campaign;

import static io.agentbus.campaign.CampaignBench.reportOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What reports of phases do, and whose count. */
@Timeout(60)
class PhaseReportsTest {
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
  void the_verdict_comes_with_the_last_phase_and_names_those_that_failed() {
    var id = bench.create("one", "two", "three");
    assertThat(bench.land(id, "two", "failed").get("campaign_status").asText()).isEqualTo("open");
    assertThat(bench.land(id, "one", "passed").get("open_phases").asInt()).isEqualTo(1);
    assertThat(bench.get(id).get("verdicts")).isEmpty();
    var last = bench.land(id, "three", "passed");
    assertThat(last.get("campaign_status").asText()).isEqualTo("failed");
    assertThat(last.get("open_phases").asInt()).isZero();
    var campaign = bench.get(id);
    assertThat(campaign.at("/verdicts/0/failed").toString()).isEqualTo("[\"two\"]");
    assertThat(CampaignBench.topics(campaign)).containsOnlyOnce("campaign.finished").filteredOn("campaign.phase_landed"::equals).hasSize(3);
  }

  @Test
  void reports_that_land_together_make_one_verdict() throws Exception {
    for (var round = 0; round < 5; round++) {
      var id = bench.create("one", "two", "three");
      var jobs = List.of("one", "two", "three").stream().map(worker -> bench.claim(id, worker)).toList();
      var later = IntStream.range(0, 3).mapToObj(i -> bench.bus.callLater(bench.workers.get(List.of("one", "two", "three").get(i)), "report_phase",
          reportOf(id, List.of("one", "two", "three").get(i), jobs.get(i), "passed", "").replace('\'', '"'))).toList();
      var answers = later.stream().map(PhaseReportsTest::answer).toList();
      assertThat(answers).extracting(answer -> answer.get("campaign_status").asText()).containsOnlyOnce("passed");
      assertThat(bench.get(id).get("verdicts")).hasSize(1);
    }
  }

  @Test
  void a_report_completes_its_job_and_the_worker_may_say_so_again() {
    var id = bench.create("one");
    var job = bench.claim(id, "one");
    bench.report(id, "one", job, "failed");
    var done = bench.call(bench.workers.get("one"), "complete_job", "{'job_id': " + job.get("id") + ", 'fence': " + job.get("fence") + "}");
    assertThat(done.get("status").asText()).isEqualTo("succeeded");
    assertThat(done.at("/result/verdict").asText()).isEqualTo("failed");
    assertThat(bench.truth.attempts(job.get("id").asText())).containsExactly("1 succeeded counted");
  }

  @Test
  void a_worker_that_completes_its_job_first_may_still_report() {
    var id = bench.create("one");
    var job = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "complete_job", "{'job_id': " + job.get("id") + ", 'fence': " + job.get("fence") + "}");
    assertThat(bench.report(id, "one", job, "passed").get("campaign_status").asText()).isEqualTo("passed");
  }

  @Test
  void the_same_report_twice_counts_once_and_another_one_is_refused() {
    var id = bench.create("one", "two");
    var job = bench.claim(id, "one");
    var report = reportOf(id, "one", job, "passed", ", 'summary': 's', 'evidence': {'passed': 12, 'failed': 0}");
    assertThat(bench.call(bench.workers.get("one"), "report_phase", report).get("repeated").asBoolean()).isFalse();
    var before = bench.get(id);
    var again = bench.call(bench.workers.get("one"), "report_phase", report);
    assertThat(again.get("repeated").asBoolean()).isTrue();
    assertThat(again.get("open_phases").isInt()).isTrue();
    assertThat(again.get("open_phases").asInt()).isEqualTo(1);
    assertThat(bench.get(id)).isEqualTo(before);
    var other = bench.refused(bench.workers.get("one"), "report_phase", report.replace("'passed': 12", "'passed': 11"));
    assertThat(other.code()).isEqualTo(ProblemCode.INVALID_TRANSITION);
    assertThat(other.getMessage()).contains("one as passed", "rerun_phase");
    assertThat(bench.get(id).at("/phases/0/runs/0/evidence/passed").asInt()).isEqualTo(12);
  }

  @Test
  void only_the_worker_with_its_fence_the_orchestrator_and_operators_report() {
    var id = bench.create("one", "two");
    var job = bench.claim(id, "one");
    var report = reportOf(id, "one", job, "passed", "");
    assertThat(bench.refused(bench.workers.get("two"), "report_phase", report).code()).isEqualTo(ProblemCode.LEASE_LOST);
    var bare = "{'campaign_id': '" + id + "', 'phase': 'one', 'verdict': 'passed'}";
    assertThat(bench.refused(bench.workers.get("one"), "report_phase", bare).errors().getFirst().pointer()).isEqualTo("/fence");
    var stranger = bench.bus.agent("elsewhere", "stranger", 0);
    assertThat(bench.refused(stranger, "report_phase", report).code()).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(bench.refused(bench.operator, "report_phase", bare.replace("'one'", "'none'")).code()).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(bench.call(bench.orchestrator, "report_phase", bare).get("verdict").asText()).isEqualTo("passed");
    assertThat(bench.phase(id, "one").at("/runs/0/reported_by").asText()).isEqualTo("orchestrator");
    // Nobody needs to do it any more: its worker hears so.
    assertThat(bench.truth.status(job.get("id").asText())).isEqualTo("cancelled");
    assertThat(bench.call(bench.operator, "report_phase", bare.replace("'one'", "'two'")).get("campaign_status").asText()).isEqualTo("passed");
  }

  @Test
  void a_lost_lease_does_not_take_a_report_back_unless_the_job_was_claimed_again() {
    var id = bench.create("one", "two");
    var first = bench.claim(id, "one");
    bench.expire(first);
    var second = bench.claim(id, "one");
    assertThat(bench.refused(bench.workers.get("one"), "report_phase", reportOf(id, "one", first, "failed", "")).code()).isEqualTo(ProblemCode.LEASE_LOST);
    assertThat(bench.report(id, "one", second, "passed").get("verdict").asText()).isEqualTo("passed");
    var silent = bench.claim(id, "two");
    bench.expire(silent);
    assertThat(bench.report(id, "two", silent, "passed").get("campaign_status").asText()).isEqualTo("passed");
    assertThat(bench.truth.status(silent.get("id").asText())).isEqualTo("cancelled");
  }

  @Test
  void a_worker_within_the_namespace_of_its_phase_reports_what_it_cannot_see_whole() {
    bench.call(bench.operator, "enqueue_job", "{'subject': 's', 'namespace': '" + CampaignBench.HOME + "/phase1'}");
    var inside = bench.bus.agent(CampaignBench.HOME + "/phase1", "insider", 0);
    var id = bench.createOf("{'name': 'p', 'worker': 'insider', 'expected_seconds': 30, 'namespace': '" + CampaignBench.HOME + "/phase1'}");
    bench.workers.put("insider", inside);
    var job = bench.claim(id, "insider");
    assertThat(bench.refused(inside, "get_campaign", "{'campaign_id': '" + id + "'}").code()).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(bench.call(inside, "report_phase", reportOf(id, "p", job, "passed", "")).get("campaign_status").asText()).isEqualTo("passed");
  }

  @Test
  void scenarios_are_kept_whole_and_shown_in_short() {
    var id = bench.create("one");
    var job = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "report_phase", reportOf(id, "one", job, "failed", ", 'evidence': {'run_url': 'https://ci.example/1',"
        + " 'scenarios': [{'name': 'S1', 'verdict': 'passed', 'result': {'ok': true}, 'stderr': 'chatter'},"
        + " {'name': 'S2', 'verdict': 'failed', 'result': [1, 2], 'stderr': 'boom', 'trace': {'steps': ['a', 'b']}}]}"));
    var shown = bench.phase(id, "one").at("/runs/0");
    assertThat(shown.get("scenarios").findValuesAsText("name")).containsExactly("S1", "S2");
    assertThat(shown.at("/scenarios/0/stderr").isNull()).isTrue();
    assertThat(shown.at("/scenarios/1/stderr").asText()).isEqualTo("boom");
    var whole = bench.call(bench.operator, "get_phase_run", "{'campaign_id': '" + id + "', 'phase': 'one'}");
    assertThat(whole.at("/scenarios/0/stderr").asText()).isEqualTo("chatter");
    assertThat(whole.at("/scenarios/1/trace/steps/1").asText()).isEqualTo("b");
    assertThat(whole.at("/scenarios/1/result").toString()).isEqualTo("[1,2]");
    assertThat(whole.at("/evidence/run_url").asText()).isEqualTo("https://ci.example/1");
  }

  private static JsonNode answer(Future<JsonNode> later) {
    try {
      return later.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void a_report_of_an_attempt_is_refused_once_the_job_was_claimed_again_however_that_ended() {
    var id = bench.create("one");
    var first = bench.claim(id, "one");
    bench.expire(first);
    var second = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "release_job", "{'job_id': " + second.get("id") + ", 'fence': " + second.get("fence") + "}");
    var stale = bench.refused(bench.workers.get("one"), "report_phase", reportOf(id, "one", first, "failed", ""));
    assertThat(stale.code()).isEqualTo(ProblemCode.LEASE_LOST);
    assertThat(stale.getMessage()).contains("claimed again since fence " + first.get("fence"));
    assertThat(bench.report(id, "one", second, "passed").get("campaign_status").asText()).isEqualTo("passed");
  }
}
