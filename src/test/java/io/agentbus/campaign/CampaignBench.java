package io.agentbus.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.app.BusSettings;
import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/** A bus with an orchestrator and workers, and one campaign a test. Quotes in JSON may be single. */
final class CampaignBench implements AutoCloseable {
  static final String HOME = "release/v1";
  final TestBus bus;
  final Truth truth;
  final Caller operator = TestBus.operator();
  final Caller orchestrator;
  final Map<String, Caller> workers = new LinkedHashMap<>();
  private int count;

  CampaignBench(PgDatabase database) {
    this(database, BusSettings.defaults("test", TestBus.home()));
  }

  CampaignBench(PgDatabase database, BusSettings settings) {
    bus = TestBus.open(database, settings);
    truth = new Truth(database.url());
    orchestrator = bus.agent(HOME, "orchestrator", 0);
    for (var name : List.of("one", "two", "three")) {
      workers.put(name, bus.agent(HOME, name, 0));
    }
  }

  /** A campaign whose phases are named as their workers. */
  String create(String... workers) {
    return createOf(List.of(workers).stream().map(worker -> "{'name': '" + worker + "', 'worker': '" + worker + "', 'expected_seconds': 30}")
        .collect(Collectors.joining(", ")));
  }

  /** @param phases JSON, without the brackets of the list */
  String createOf(String phases) {
    return call(orchestrator, "create_campaign", "{'name': 'c" + ++count + "', 'phases': [" + phases + "]}").get("id").asText();
  }

  /** Claims the job of a worker's phase in a campaign; other jobs of the worker are taken on the way. */
  JsonNode claim(String campaign, String worker) {
    while (true) {
      var jobs = call(workers.get(worker), "claim_jobs", "{'limit': 1}").get("jobs");
      if (jobs.isEmpty()) {
        throw new AssertionError(worker + " has no job in " + campaign);
      }
      if (jobs.get(0).at("/payload/campaign/campaign_id").asText().equals(campaign)) {
        return jobs.get(0);
      }
    }
  }

  JsonNode report(String campaign, String worker, JsonNode job, String verdict) {
    return call(workers.get(worker), "report_phase", reportOf(campaign, worker, job, verdict, ""));
  }

  void tellProgress(String worker, JsonNode job) {
    call(workers.get(worker), "report_progress", "{'job_id': " + job.get("id") + ", 'fence': " + job.get("fence") + ", 'progress': {'done': 3}}");
  }

  /** Claims and reports. */
  JsonNode land(String campaign, String worker, String verdict) {
    return report(campaign, worker, claim(campaign, worker), verdict);
  }

  static String reportOf(String campaign, String phase, JsonNode job, String verdict, String more) {
    return "{'campaign_id': '" + campaign + "', 'phase': '" + phase + "', 'verdict': '" + verdict + "', 'fence': " + job.get("fence") + more + "}";
  }

  JsonNode get(String campaign) {
    return call(operator, "get_campaign", "{'campaign_id': '" + campaign + "'}");
  }

  JsonNode phase(String campaign, String name) {
    return StreamSupport.stream(get(campaign).get("phases").spliterator(), false).filter(phase -> phase.get("name").asText().equals(name))
        .findFirst().orElseThrow();
  }

  String status(String campaign, String phase) {
    return phase(campaign, phase).get("status").asText();
  }

  /** Lets everything that befell the run of a phase have been so much longer ago. */
  void age(String campaign, String phase, int seconds) {
    for (var word : List.of("job_leases.id leased_at", "job_closings.id leased_at", "job_closings.id finished_at", "job_notes.job_id progress_at")) {
      var parts = word.split("[. ]");
      truth.update("UPDATE " + parts[0] + " l SET " + parts[2] + " = l." + parts[2] + " - make_interval(secs => ?) FROM campaign_runs r, campaign_phases p"
          + " WHERE l." + parts[1] + " = r.job_id AND p.campaign_id = r.campaign_id AND p.phase_no = r.phase_no AND p.campaign_id = ?::uuid AND p.name = ?",
          seconds, campaign, phase);
    }
    truth.update("UPDATE campaign_runs r SET started_at = r.started_at - make_interval(secs => ?),"
        + " admitted_at = r.admitted_at - make_interval(secs => ?), due_at = r.due_at - make_interval(secs => ?)"
        + " FROM campaign_phases p WHERE p.campaign_id = r.campaign_id AND p.phase_no = r.phase_no AND r.replaced_at IS NULL"
        + " AND p.campaign_id = ?::uuid AND p.name = ?", seconds, seconds, seconds, campaign, phase);
  }

  /** One look of a sweeper that has looked all the time. */
  int sweep() {
    truth.update("UPDATE campaign_clock SET last_swept = now()");
    return sweepAfterSilence();
  }

  int sweepAfterSilence() {
    return bus.await(() -> {
      bus.bus().campaigns().sweeps().tick(2.5, 15);
      return bus.bus().campaigns().sweeps().look(100, 15);
    });
  }

  /** Ends a lease as a sweep does when it ran out. */
  void expire(JsonNode job) {
    var id = job.get("id").asText();
    truth.update("UPDATE job_leases SET leased_until = now() - interval '1 s', sweep_at = now() - interval '1 s' WHERE id = ?::uuid", id);
    bus.await(() -> bus.bus().sweeps().expire(100));
    truth.update("UPDATE job_facts SET run_after = now() - interval '1 s' WHERE id = ?::uuid", id);
    truth.update("UPDATE job_scheduled SET run_after = (SELECT run_after FROM job_facts f WHERE f.id = job_scheduled.id) WHERE id = ?::uuid", id);
    bus.await(() -> bus.bus().sweeps().moveDue(100));
  }

  /** What happened to a campaign, oldest first. */
  static List<String> topics(JsonNode campaign) {
    return campaign.get("timeline").findValuesAsText("topic");
  }

  JsonNode call(Caller caller, String operation, String input) {
    return bus.call(caller, operation, input.replace('\'', '"'));
  }

  io.agentbus.problem.ProblemException refused(Caller caller, String operation, String input) {
    return bus.refused(caller, operation, input.replace('\'', '"'));
  }

  @Override
  public void close() {
    bus.close();
  }
}
