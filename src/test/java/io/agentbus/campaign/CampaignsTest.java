package io.agentbus.campaign;

import static io.agentbus.campaign.CampaignBench.reportOf;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of phases, reports, silence and verdicts. */
@Timeout(60)
class CampaignsTest {
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
  void each_phase_is_a_job_for_its_worker_that_says_what_to_report() {
    var id = bench.createOf("{'name': 'one', 'worker': 'one', 'expected_seconds': 30, 'group': 'gate', 'payload': {'host': 'h1'}, 'priority': 7}");
    var job = bench.claim(id, "one");
    assertThat(job.at("/payload/host").asText()).isEqualTo("h1");
    assertThat(job.at("/payload/campaign/phase").asText()).isEqualTo("one");
    assertThat(job.at("/payload/campaign/run").asInt()).isEqualTo(1);
    assertThat(job.get("expected_seconds").asInt()).isEqualTo(30);
    assertThat(job.get("priority").asInt()).isEqualTo(7);
    assertThat(job.get("source_agent").asText()).isEqualTo("orchestrator");
    assertThat(bench.status(id, "one")).isEqualTo("running");
    assertThat(bench.phase(id, "one").get("job_id")).isEqualTo(job.get("id"));
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
    assertThat(topics(campaign)).containsOnlyOnce("campaign.finished").filteredOn("campaign.phase_landed"::equals).hasSize(3);
  }

  @Test
  void reports_that_land_together_make_one_verdict() throws Exception {
    for (var round = 0; round < 5; round++) {
      var id = bench.create("one", "two", "three");
      var jobs = List.of("one", "two", "three").stream().map(worker -> bench.claim(id, worker)).toList();
      var later = IntStream.range(0, 3).mapToObj(i -> bench.bus.callLater(bench.workers.get(List.of("one", "two", "three").get(i)), "report_phase",
          reportOf(id, List.of("one", "two", "three").get(i), jobs.get(i), "passed", "").replace('\'', '"'))).toList();
      var answers = later.stream().map(CampaignsTest::answer).toList();
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
    assertThat(bench.call(bench.workers.get("one"), "report_phase", report).get("repeated").asBoolean()).isTrue();
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
    expire(first);
    var second = bench.claim(id, "one");
    assertThat(bench.refused(bench.workers.get("one"), "report_phase", reportOf(id, "one", first, "failed", "")).code()).isEqualTo(ProblemCode.LEASE_LOST);
    assertThat(bench.report(id, "one", second, "passed").get("verdict").asText()).isEqualTo("passed");
    var silent = bench.claim(id, "two");
    expire(silent);
    assertThat(bench.report(id, "two", silent, "passed").get("campaign_status").asText()).isEqualTo("passed");
    assertThat(bench.truth.status(silent.get("id").asText())).isEqualTo("cancelled");
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
    assertThat(topics(bench.get(id))).containsOnlyOnce("campaign.phase_stuck");
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
  void a_campaign_is_cancelled_by_who_runs_it_and_its_open_jobs_with_it() {
    var id = bench.create("one", "two");
    bench.land(id, "one", "passed");
    var job = bench.claim(id, "two");
    assertThat(bench.refused(bench.workers.get("two"), "cancel_campaign", "{'campaign_id': '" + id + "'}").code()).isEqualTo(ProblemCode.FORBIDDEN);
    bench.call(bench.orchestrator, "cancel_campaign", "{'campaign_id': '" + id + "', 'reason': 'wrong tag'}");
    assertThat(bench.call(bench.orchestrator, "cancel_campaign", "{'campaign_id': '" + id + "'}").get("status").asText()).isEqualTo("cancelled");
    assertThat(bench.truth.status(job.get("id").asText())).isEqualTo("cancelled");
    assertThat(bench.get(id).get("phases").findValuesAsText("status")).containsExactly("passed", "cancelled");
    assertThat(bench.refused(bench.workers.get("two"), "report_phase", reportOf(id, "two", job, "passed", "")).code()).isEqualTo(ProblemCode.INVALID_TRANSITION);
    assertThat(bench.sweep()).isZero();
  }

  @Test
  void an_open_campaign_of_the_same_name_is_answered_and_not_begun_again() {
    var input = "{'name': 'twice', 'phases': [{'name': 'one', 'worker': 'one', 'expected_seconds': 30}]}";
    var first = bench.call(bench.orchestrator, "create_campaign", input);
    var again = bench.call(bench.orchestrator, "create_campaign", input);
    assertThat(first.get("duplicate").asBoolean()).isFalse();
    assertThat(again.get("duplicate").asBoolean()).isTrue();
    assertThat(again.get("id")).isEqualTo(first.get("id"));
    assertThat(bench.truth.count("SELECT count(*) FROM jobs WHERE flow_key = 'campaign:' || ?", first.get("id").asText())).isEqualTo(1);
    bench.land(first.get("id").asText(), "one", "failed");
    var next = bench.call(bench.orchestrator, "create_campaign", input);
    assertThat(next.get("id")).isNotEqualTo(first.get("id"));
    assertThat(bench.refused(bench.operator, "rerun_phase", "{'campaign_id': " + first.get("id") + ", 'phase': 'one'}").code())
        .isEqualTo(ProblemCode.DUPLICATE_CONFLICT);
  }

  @Test
  void what_cannot_be_run_is_refused_with_the_field_and_leaves_nothing() {
    var phase = "{'name': 'one', 'worker': 'one', 'expected_seconds': 30}";
    assertThat(pointer("'phases': []")).isEqualTo("/phases");
    assertThat(pointer("'phases': [" + phase + ", " + phase + "]")).isEqualTo("/phases/1/name");
    assertThat(pointer("'phases': [" + phase.replace("}", ", 'payload': {'campaign': 1}}") + "]")).isEqualTo("/phases/0/payload/campaign");
    var above = "'phases': [" + phase.replace("}", ", 'namespace': 'release'}") + "]";
    assertThat(bench.refused(bench.orchestrator, "create_campaign", "{'name': 'bad', " + above + "}").code()).isEqualTo(ProblemCode.NOT_FOUND);
    var refusal = bench.refused(bench.operator, "create_campaign", "{'name': 'bad', 'namespace': '" + CampaignBench.HOME + "', " + above + "}");
    assertThat(refusal.errors().getFirst().pointer()).isEqualTo("/phases/0/namespace");
    assertThat(bench.refused(bench.orchestrator, "create_campaign", "{'name': 'bad', 'orchestrator': 'one', 'phases': [" + phase + "]}").code())
        .isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(bench.truth.count("SELECT count(*) FROM campaigns WHERE name = 'bad'")).isZero();
  }

  @Test
  void an_operator_names_the_orchestrator_and_hears_of_workers_that_nobody_knows() {
    var made = bench.call(bench.operator, "create_campaign", "{'name': 'named', 'namespace': '" + CampaignBench.HOME
        + "', 'orchestrator': 'orchestrator', 'phases': [{'name': 'p', 'worker': 'nobody', 'expected_seconds': 30}]}");
    assertThat(made.get("orchestrator").asText()).isEqualTo("orchestrator");
    assertThat(made.at("/warnings/0").asText()).contains("nobody");
    assertThat(bench.call(bench.orchestrator, "cancel_campaign", "{'campaign_id': " + made.get("id") + "}").get("status").asText()).isEqualTo("cancelled");
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

  @Test
  void campaigns_are_listed_with_how_far_they_are() {
    var id = bench.create("one", "two");
    bench.land(id, "one", "failed");
    var listed = bench.call(bench.orchestrator, "list_campaigns", "{'status': 'open', 'namespace': 'release/**', 'limit': 1}");
    assertThat(listed.at("/items/0/id").asText()).isEqualTo(id);
    assertThat(listed.at("/items/0/phases").asInt()).isEqualTo(2);
    assertThat(listed.at("/items/0/failed").asInt()).isEqualTo(1);
    assertThat(listed.get("next").isNull()).isFalse();
    assertThat(bench.call(TestBus.operatorOf("elsewhere"), "list_campaigns", "{}").get("items")).isEmpty();
  }

  @Test
  void every_change_is_an_event_in_the_order_in_which_it_came() {
    var id = bench.create("one");
    bench.land(id, "one", "passed");
    bench.bus.await(() -> bench.bus.bus().sequencer().run());
    var campaign = bench.get(id);
    assertThat(topics(campaign)).containsExactly("campaign.created", "job.queued", "job.leased", "job.succeeded", "campaign.phase_landed", "campaign.finished");
    var events = bench.call(bench.operator, "list_events", "{'topic': 'campaign.*', 'limit': 500}").get("items");
    assertThat(StreamSupport.stream(events.spliterator(), false).filter(event -> event.at("/payload/campaign_id").asText().equals(id))
        .map(event -> event.get("topic").asText())).containsExactly("campaign.created", "campaign.phase_landed", "campaign.finished");
    assertThat(bench.refused(bench.orchestrator, "emit_event", "{'topic': 'campaign.finished'}").code()).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void the_orchestrator_hears_of_each_end_and_of_silence_in_its_inbox() {
    var id = bench.create("one", "two");
    var name = bench.get(id).get("name").asText();
    var job = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "report_phase", reportOf(id, "one", job, "passed", ", 'evidence': {'run_url': 'https://ci.example/1', 'duration_minutes': 1.5}"));
    var silent = bench.claim(id, "two");
    bench.age(id, "two", 61);
    bench.sweep();
    bench.report(id, "two", silent, "failed");
    var box = bench.call(bench.orchestrator, "inbox", "{'limit': 500}").get("items");
    var heard = StreamSupport.stream(box.spliterator(), false).filter(message -> message.at("/payload/campaign_id").asText().equals(id)).toList();
    assertThat(heard).extracting(message -> message.get("title").asText())
        .containsExactlyInAnyOrder("Phase one passed", "Phase two is stuck", "Phase two failed", "Campaign " + name + " failed");
    var first = heard.stream().filter(message -> message.get("title").asText().equals("Phase one passed")).findFirst().orElseThrow();
    assertThat(first.get("from").asText()).isEqualTo("one");
    assertThat(first.get("priority").asInt()).isEqualTo(8);
    assertThat(first.at("/payload/run_url").asText()).isEqualTo("https://ci.example/1");
    assertThat(first.at("/payload/duration_minutes").asDouble()).isEqualTo(1.5);
    assertThat(first.at("/payload/verdict").asText()).isEqualTo("passed");
  }

  private static String pointer(String fields) {
    return bench.refused(bench.orchestrator, "create_campaign", "{'name': 'bad', " + fields + "}").errors().getFirst().pointer();
  }

  /** Ends a lease as a sweep does when it ran out. */
  private static void expire(JsonNode job) {
    var id = job.get("id").asText();
    bench.truth.update("UPDATE job_leases SET leased_until = now() - interval '1 s', sweep_at = now() - interval '1 s' WHERE id = ?::uuid", id);
    bench.bus.await(() -> bench.bus.bus().sweeps().expire(100));
    bench.truth.update("UPDATE job_facts SET run_after = now() - interval '1 s' WHERE id = ?::uuid", id);
    bench.truth.update("UPDATE job_scheduled SET run_after = (SELECT run_after FROM job_facts f WHERE f.id = job_scheduled.id) WHERE id = ?::uuid", id);
    bench.bus.await(() -> bench.bus.bus().sweeps().moveDue(100));
  }

  private static List<String> topics(JsonNode campaign) {
    return campaign.get("timeline").findValuesAsText("topic");
  }

  private static JsonNode answer(Future<JsonNode> later) {
    try {
      return later.get();
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }
}
