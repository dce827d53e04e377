package io.agentbus.job;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A refused override leaves nothing. */
@Timeout(60)
class JobOverridesTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static TestBus bus;
  private static int count;
  private final Caller operator = TestBus.operator();
  private Truth truth;
  private String outer;

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
