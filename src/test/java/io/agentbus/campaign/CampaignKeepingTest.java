package io.agentbus.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import java.time.Duration;
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

/** How many campaigns there may be, and how long they are kept. */
@Timeout(60)
class CampaignKeepingTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final Duration YEAR = Duration.ofDays(365);
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
  void a_campaign_that_ended_long_ago_is_removed_and_its_verdict_stays_in_the_journal() {
    var id = bench.create("one", "two");
    var job = bench.claim(id, "one");
    bench.call(bench.workers.get("one"), "report_phase", CampaignBench.reportOf(id, "one", job, "failed",
        ", 'evidence': {'scenarios': [{'name': 'S1', 'verdict': 'failed', 'result': {'ok': false}}]}"));
    bench.land(id, "two", "passed");
    bench.call(bench.operator, "decide_campaign", "{'campaign_id': '" + id + "', 'decision': 'accept', 'reason': 'known'}");
    var open = bench.create("three");
    assertThat(remove()).isZero();
    bench.truth.update("UPDATE campaigns SET created_at = now() - interval '366 days', finished_at = CASE WHEN status <> 'open' THEN now() - interval '365 days 1 minute' END");
    assertThat(remove()).isEqualTo(1);
    assertThat(bench.refused(bench.operator, "get_campaign", "{'campaign_id': '" + id + "'}").code()).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(bench.get(open).get("status").asText()).isEqualTo("open");
    for (var table : new String[] {"campaign_phases", "campaign_runs", "campaign_scenarios", "campaign_verdicts", "campaign_journal"}) {
      assertThat(bench.truth.count("SELECT count(*) FROM " + table + " WHERE campaign_id = ?::uuid", id)).as(table).isZero();
    }
    assertThat(bench.truth.status(job.get("id").asText())).isEqualTo("succeeded");

    bench.bus.await(() -> bench.bus.bus().sequencer().run());
    var events = bench.call(bench.operator, "list_events", "{'topic': 'campaign.*', 'limit': 500}").get("items");
    var told = StreamSupport.stream(events.spliterator(), false).filter(event -> event.at("/payload/campaign_id").asText().equals(id)).toList();
    assertThat(told).extracting(event -> event.get("topic").asText()).containsExactly("campaign.created", "campaign.phase_landed", "campaign.phase_landed",
        "campaign.finished", "campaign.decided", "campaign.removed");
    JsonNode last = told.getLast().get("payload");
    assertThat(last.get("verdict").asText()).isEqualTo("failed");
    assertThat(last.get("failed").toString()).isEqualTo("[\"one\"]");
    assertThat(last.get("decision").asText()).isEqualTo("accept");
    assertThat(last.get("decision_reason").asText()).isEqualTo("known");
    assertThat(last.get("runs").asInt()).isEqualTo(2);
  }

  @Test
  void a_campaign_is_gone_for_everybody_before_the_first_of_its_evidence_is() {
    var id = bench.create("one");
    bench.land(id, "one", "passed");
    bench.truth.update("INSERT INTO campaign_scenarios (campaign_id, phase_no, run, scenario_no, name, verdict) SELECT campaign_id, phase_no, run, i, 'S' || i,"
        + " 'passed' FROM campaign_runs, generate_series(1, 10500) i WHERE campaign_id = ?::uuid", id);
    bench.truth.update("UPDATE campaigns SET finished_at = now() - interval '366 days' WHERE id = ?::uuid", id);
    assertThat(remove()).isZero();
    assertThat(bench.truth.count("SELECT count(*) FROM campaign_scenarios WHERE campaign_id = ?::uuid", id)).isBetween(1, 10_499);
    for (var call : List.of("get_campaign", "get_phase_run, 'phase': 'one'", "rerun_phase, 'phase': 'one'", "decide_campaign, 'decision': 'accept'",
        "report_phase, 'phase': 'one', 'verdict': 'passed'", "cancel_campaign")) {
      var parts = call.split(", ", 2);
      var more = parts.length == 1 ? "" : ", " + parts[1];
      assertThat(bench.refused(bench.operator, parts[0], "{'campaign_id': '" + id + "'" + more + "}").code()).as(call).isEqualTo(ProblemCode.NOT_FOUND);
    }
    assertThat(bench.call(bench.operator, "list_campaigns", "{'limit': 500}").get("items").findValuesAsText("id")).doesNotContain(id);
    assertThat(remove()).isEqualTo(1);
    assertThat(bench.truth.count("SELECT count(*) FROM campaigns WHERE id = ?::uuid", id)).isZero();
    assertThat(bench.truth.count("SELECT count(*) FROM journal WHERE action = 'remove_campaign' AND detail->>'campaign_id' = ?", id)).isEqualTo(1);
  }

  @Test
  void a_namespace_has_so_many_open_campaigns_and_not_one_more_whoever_opens_them_at_once() {
    bench.call(bench.operator, "enqueue_job", "{'subject': 's', 'namespace': 'full'}");
    var ended = create("ended");
    bench.call(bench.operator, "report_phase", "{'campaign_id': '" + ended + "', 'phase': 'p', 'verdict': 'failed'}");
    bench.truth.update("INSERT INTO campaigns (id, namespace_id, name, orchestrator, created_by) SELECT gen_random_uuid(), n.id, 'filler ' || i, 'token:x',"
        + " 'token:x' FROM namespaces n, generate_series(1, ?) i WHERE n.path = 'full'", CampaignLimits.OPEN - 2);
    var later = IntStream.range(0, 6).mapToObj(i -> bench.bus.callLater(bench.operator, "create_campaign", input("at once " + i).replace('\'', '"'))).toList();
    assertThat(later.stream().filter(CampaignKeepingTest::isMade).count()).isEqualTo(2);
    var refusal = bench.refused(bench.operator, "create_campaign", input("one more"));
    assertThat(refusal.code()).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
    assertThat(refusal.getMessage()).contains("full has 100 open campaigns", "cancel_campaign");
    assertThat(bench.refused(bench.operator, "rerun_phase", "{'campaign_id': '" + ended + "', 'phase': 'p'}").code()).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
    assertThat(bench.truth.one("SELECT status FROM campaigns WHERE id = ?::uuid", ended)).isEqualTo("failed");
    // One that is open is answered all the same.
    assertThat(bench.call(bench.operator, "create_campaign", input("filler 1")).get("duplicate").asBoolean()).isTrue();
  }

  private static boolean isMade(Future<JsonNode> later) {
    try {
      return later.get().has("id");
    } catch (InterruptedException | ExecutionException refused) {
      return false;
    }
  }

  private static String create(String name) {
    return bench.call(bench.operator, "create_campaign", input(name)).get("id").asText();
  }

  private static String input(String name) {
    return "{'name': '" + name + "', 'namespace': 'full', 'phases': [{'name': 'p', 'worker': 'w', 'expected_seconds': 30}]}";
  }

  private static int remove() {
    return bench.bus.await(() -> bench.bus.bus().campaigns().removals().remove(YEAR, 100));
  }
}
