package io.agentbus.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who may override a job, and that a refused override leaves nothing. */
@Timeout(60)
class JobOverridesTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static TestBus bus;
  private static int count;
  private final Caller operator = TestBus.operator();
  private Truth truth;
  private String outer;
  private String inner;

  @BeforeAll
  static void open() {
    bus = TestBus.open(DATABASE);
  }

  @AfterAll
  static void close() {
    bus.close();
  }

  @BeforeEach
  void nameSpaces() {
    truth = new Truth(DATABASE.url());
    outer = "team" + ++count;
    inner = outer + "/inner";
  }

  @Test
  void an_agent_of_the_same_name_in_another_namespace_did_not_ask_for_the_job() {
    var asker = bus.agent(outer, "bot", 0);
    var namesake = bus.agent(inner, "bot", 0);
    var job = enqueue(asker, inner, "worker", "");
    assertThat(job.get("source_agent").asText()).isEqualTo("bot");
    assertThat(bus.code(namesake, "cancel_job", ref(job))).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(bus.code(namesake, "reassign_job", reassign(job, "bot"))).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(truth.status(id(job))).isEqualTo("queued");
    assertThat(bus.call(asker, "cancel_job", ref(job)).get("status").asText()).isEqualTo("cancelled");
  }

  @Test
  void a_service_whose_token_bears_the_name_of_an_agent_did_not_ask_for_the_agents_job() {
    var asker = bus.agent(outer, "bot", 0);
    var service = new Caller(null, "bot", null, asker.namespaces(), EnumSet.of(Right.READ, Right.ASK));
    var ofAgent = enqueue(asker, outer, "worker", "");
    var ofService = enqueue(service, outer, "worker", "");
    assertThat(bus.code(service, "cancel_job", ref(ofAgent))).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(bus.code(asker, "cancel_job", ref(ofService))).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(bus.code(service, "cancel_job", ref(ofService))).isNull();
  }

  @Test
  void a_job_that_an_operator_asked_for_in_an_agents_name_is_that_agents() {
    var outerBot = bus.agent(outer, "bot", 0);
    var innerBot = bus.agent(inner, "bot", 0);
    var job = enqueue(operator, inner, "worker", ", \"source_agent\": \"bot\"");
    assertThat(bus.code(outerBot, "cancel_job", ref(job))).as("the name means the nearest one").isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(bus.code(innerBot, "cancel_job", ref(job))).isNull();
  }

  @Test
  void the_source_is_shown_by_its_name_wherever_a_job_is_shown() {
    var asker = bus.agent(outer, "bot", 0);
    var worker = bus.agent(outer, "worker", 0);
    var job = enqueue(asker, outer, "worker", "");
    assertThat(bus.call(operator, "get_job", ref(job)).get("source_agent").asText()).isEqualTo("bot");
    assertThat(bus.call(operator, "list_jobs", "{\"namespace\": \"" + outer + "\", \"source_agent\": \"bot\"}").get("items")).hasSize(1);
    var claimed = bus.call(worker, "claim_jobs", "{}").get("jobs").get(0);
    assertThat(claimed.get("source_agent").asText()).isEqualTo("bot");
    var done = bus.call(worker, "complete_job", "{\"job_id\": " + job.get("id") + ", \"fence\": " + claimed.get("fence") + "}");
    assertThat(done.get("source_agent").asText()).isEqualTo("bot");
    assertThat(truth.one("SELECT source FROM job_facts WHERE id = ?", UUID.fromString(id(job)))).isEqualTo("agent:" + outer + "/bot");
  }

  @Test
  void a_refused_reassignment_leaves_no_queue_and_no_target() {
    var worker = bus.agent(outer, "worker", 0);
    var held = enqueue(operator, outer, "worker", "");
    assertThat(bus.call(worker, "claim_jobs", "{}").get("jobs")).hasSize(1);
    var before = places();
    assertThat(bus.code(operator, "reassign_job", reassign(held, "nobody"))).isEqualTo(ProblemCode.INVALID_TRANSITION);
    assertThat(places()).isEqualTo(before);

    enqueue(operator, outer, "other", ", \"dedupe_key\": \"k\"");
    var same = enqueue(operator, outer, "worker", ", \"dedupe_key\": \"k\", \"lane\": \"coding\"");
    before = places();
    assertThat(bus.code(operator, "reassign_job", reassign(same, "other"))).isEqualTo(ProblemCode.DUPLICATE_CONFLICT);
    assertThat(places()).isEqualTo(before);
    assertThat(truth.status(id(same))).isEqualTo("queued");
  }

  @Test
  void a_reassigned_job_reaches_an_agent_that_no_job_was_for_before() {
    var job = enqueue(operator, outer, "worker", ", \"dedupe_key\": \"k\"");
    var fresh = bus.agent(outer, "fresh", 0);
    assertThat(bus.call(operator, "reassign_job", reassign(job, "fresh")).get("target_agent").asText()).isEqualTo("fresh");
    assertThat(bus.call(fresh, "claim_jobs", "{\"wait_seconds\": 10}").get("jobs")).hasSize(1);
  }

  private List<String> places() {
    return truth.all("SELECT 'target ' || id FROM targets UNION ALL SELECT 'queue ' || id FROM queues ORDER BY 1");
  }

  private JsonNode enqueue(Caller caller, String namespace, String target, String more) {
    return bus.call(caller, "enqueue_job",
        "{\"subject\": \"s\", \"namespace\": \"" + namespace + "\", \"target_agent\": \"" + target + "\"" + more + "}");
  }

  private static String reassign(JsonNode job, String target) {
    return "{\"job_id\": " + job.get("id") + ", \"target_agent\": \"" + target + "\"}";
  }

  private static String ref(JsonNode job) {
    return "{\"job_id\": " + job.get("id") + "}";
  }

  private static String id(JsonNode job) {
    return job.get("id").asText();
  }
}
