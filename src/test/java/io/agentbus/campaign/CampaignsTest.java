package io.agentbus.campaign;

import static io.agentbus.campaign.CampaignBench.reportOf;
import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** How campaigns begin and end, and who hears of it. */
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
  void who_may_not_read_gets_no_evidence_by_creating_or_cancelling() {
    var secret = bench.call(bench.operator, "create_token", "{'name': 'ask-only', 'namespaces': ['" + CampaignBench.HOME + "'], 'rights': ['ask']}")
        .get("secret").asText();
    var asker = bench.bus.await(() -> bench.bus.bus().authenticator().authenticate(secret));
    var input = "{'name': 'told apart', 'phases': [{'name': 'one', 'worker': 'one', 'expected_seconds': 30},"
        + " {'name': 'two', 'worker': 'two', 'expected_seconds': 30}]}";
    var id = bench.call(asker, "create_campaign", input).get("id").asText();
    var job = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "report_phase", reportOf(id, "one", job, "failed", ", 'summary': 'a secret finding'"));
    assertThat(bench.call(bench.orchestrator, "create_campaign", input).toString()).contains("a secret finding");
    var again = bench.call(asker, "create_campaign", input);
    assertThat(again.get("id").asText()).isEqualTo(id);
    assertThat(again.get("duplicate").asBoolean()).isTrue();
    var cancelled = bench.call(asker, "cancel_campaign", "{'campaign_id': '" + id + "'}");
    for (var answer : List.of(again, cancelled)) {
      assertThat(answer.toString()).doesNotContain("a secret finding");
      assertThat(answer.get("phases").findValuesAsText("name")).containsExactly("one", "two");
      assertThat(answer.get("timeline")).isEmpty();
    }
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
    assertThat(CampaignBench.topics(campaign)).containsExactly("campaign.created", "job.queued", "job.leased", "job.succeeded", "campaign.phase_landed", "campaign.finished");
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

  @Test
  void a_token_whose_name_has_a_colon_runs_a_campaign_as_any_other() {
    var secret = bench.call(bench.operator, "create_token", "{'name': 'ci:prod2', 'namespaces': ['" + CampaignBench.HOME
        + "'], 'rights': ['read', 'ask', 'work']}").get("secret").asText();
    var service = bench.bus.await(() -> bench.bus.bus().authenticator().authenticate(secret));
    var made = bench.call(service, "create_campaign", "{'name': 'of a service', 'phases': [{'name': 'one', 'worker': 'one', 'expected_seconds': 30},"
        + " {'name': 'two', 'worker': 'two', 'expected_seconds': 30}]}");
    var id = made.get("id").asText();
    assertThat(made.get("orchestrator").asText()).isEqualTo("ci:prod2");
    var job = bench.claim(id, "one");
    assertThat(job.get("source_agent").asText()).isEqualTo("ci:prod2");
    bench.call(service, "report_phase", "{'campaign_id': '" + id + "', 'phase': 'one', 'verdict': 'failed'}");
    assertThat(bench.truth.status(job.get("id").asText())).isEqualTo("cancelled");
    assertThat(bench.call(service, "cancel_campaign", "{'campaign_id': '" + id + "'}").get("status").asText()).isEqualTo("cancelled");
  }

  private static String pointer(String fields) {
    return bench.refused(bench.orchestrator, "create_campaign", "{'name': 'bad', " + fields + "}").errors().getFirst().pointer();
  }
}
