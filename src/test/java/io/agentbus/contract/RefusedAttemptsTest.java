package io.agentbus.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who tried what in vain stands in the journal, whatever it was; {@link RefusalsTest} asks the same of every operation. */
@Timeout(60)
class RefusedAttemptsTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final Caller ROOT = TestBus.operator();
  private static TestBus bus;
  private static Truth truth;
  private static Caller agent;

  @BeforeAll
  static void open() {
    bus = TestBus.open(DATABASE);
    truth = new Truth(DATABASE.url());
    agent = bus.agent("acme", "worker", 0);
    bus.agent("acme", "colleague", 0);
    bus.agent("globex", "stranger", 0);
  }

  @AfterAll
  static void close() {
    bus.close();
  }

  @Test
  void an_agent_that_meddles_with_another_is_named() {
    assertThat(bus.code(agent, "update_agent", "{\"agent\": \"colleague\", \"version\": \"9\"}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(bus.code(agent, "rotate_agent_token", "{\"agent\": \"colleague\"}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(bus.code(agent, "revoke_agent_token", "{\"agent\": \"colleague\"}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(bus.code(agent, "create_token", "{\"name\": \"mine\", \"rights\": [\"operate\"]}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(newest(4)).containsExactly(
        "agent:acme/worker update_agent forbidden in acme", "agent:acme/worker rotate_agent_token forbidden in acme",
        "agent:acme/worker revoke_agent_token forbidden in acme", "agent:acme/worker create_token forbidden in acme");
    assertThat(truth.one("SELECT detail->>'reason' FROM journal WHERE action = 'update_agent'")).contains("may change only itself");
  }

  @Test
  void a_join_token_used_for_a_name_that_is_taken_is_told() {
    var join = bus.call(ROOT, "create_join_token", "{\"namespace\": \"acme\"}").get("join_token").asText();
    assertThat(bus.code(Caller.anonymous(), "register_agent", "{\"join_token\": \"" + join + "\", \"name\": \"worker\"}"))
        .isEqualTo(ProblemCode.DUPLICATE_CONFLICT);
    assertThat(newest(1)).containsExactly("token:anonymous register_agent duplicate_conflict");
    assertThat(truth.count("SELECT count(*) FROM journal WHERE detail::text LIKE '%' || ? || '%'", join)).as("its secret").isZero();
  }

  @Test
  void whoever_is_not_known_and_whatever_is_malformed_leaves_no_row() {
    var before = rows();
    assertThat(bus.code(Caller.anonymous(), "register_agent", "{\"join_token\": \"abj_" + "x".repeat(43) + "\", \"name\": \"new\"}"))
        .isEqualTo(ProblemCode.UNAUTHENTICATED);
    assertThat(bus.code(Caller.anonymous(), "cancel_job", "{\"job_id\": \"0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42\"}")).isEqualTo(ProblemCode.UNAUTHENTICATED);
    assertThat(bus.code(agent, "update_agent", "{\"agnet\": \"x\"}")).isEqualTo(ProblemCode.INVALID_INPUT);
    assertThat(bus.code(agent, "get_agent", "{\"agent\": \"nobody\"}")).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(bus.code(agent, "list_tokens", "{}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(rows()).isEqualTo(before);
  }

  @Test
  void an_attempt_on_a_job_stands_with_the_job_and_one_on_a_job_out_of_sight_does_not() {
    var own = enqueue("acme");
    assertThat(bus.code(agent, "cancel_job", ref(own))).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(truth.one("SELECT action || ' ' || (detail->>'refused') FROM journal WHERE job_id = ?::uuid ORDER BY id DESC LIMIT 1", id(own)))
        .isEqualTo("cancel_job forbidden");
    var changes = bus.call(ROOT, "job_timeline", ref(own)).get("changes");
    assertThat(changes.findValuesAsText("action")).contains("cancel_job");
    assertThat(changes.findValuesAsText("to")).as("what happened to it").containsOnlyOnce("queued").doesNotContain("cancelled");

    var foreign = enqueue("globex");
    assertThat(bus.code(agent, "cancel_job", ref(foreign))).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(newest(1)).containsExactly("agent:acme/worker cancel_job not_found in acme");
    assertThat(truth.all("SELECT action FROM journal WHERE job_id = ?::uuid", id(foreign))).containsExactly("enqueue_job");
  }

  @Test
  void with_an_idempotency_key_it_is_told_as_well_and_once() {
    var job = enqueue("acme");
    var before = rows();
    for (var operation : List.of("cancel_job", "complete_job")) {
      assertThat(code(operation, "{\"job_id\": " + job.get("id") + (operation.equals("complete_job") ? ", \"fence\": 1}" : "}"))).isNotNull();
    }
    assertThat(rows()).isEqualTo(before + 2);
    assertThat(newest(2)).containsExactly("agent:acme/worker cancel_job forbidden in acme", "agent:acme/worker complete_job lease_lost in acme");
  }

  @Test
  void a_refused_change_of_an_agent_is_no_event() {
    assertThat(bus.code(agent, "update_agent", "{\"agent\": \"colleague\", \"version\": \"10\"}")).isEqualTo(ProblemCode.FORBIDDEN);
    bus.await(() -> bus.bus().sequencer().run());
    assertThat(bus.call(ROOT, "list_events", "{\"namespace\": \"acme\", \"topic\": \"agent.updated\"}").get("items")).isEmpty();
  }

  @Test
  void what_somebody_tried_in_vain_is_not_what_they_acted_on() {
    var job = enqueue("acme");
    assertThat(bus.code(agent, "cancel_job", ref(job))).isEqualTo(ProblemCode.FORBIDDEN);
    bus.await(() -> bus.bus().sequencer().run());
    var window = bus.call(ROOT, "audit_window", "{\"agent\": \"worker\", \"from\": \"" + java.time.Instant.now().minusSeconds(600) + "\"}");
    assertThat(window.get("wrote").findValuesAsText("job_id")).contains(id(job));
    assertThat(window.get("acted_on").findValuesAsText("job_id")).doesNotContain(id(job));
  }

  private static ProblemCode code(String operation, String input) {
    try {
      bus.call(agent, operation, input, "key-" + operation);
      return null;
    } catch (ProblemException refusal) {
      return refusal.code();
    }
  }

  private static JsonNode enqueue(String namespace) {
    return bus.call(ROOT, "enqueue_job", "{\"subject\": \"s\", \"namespace\": \"" + namespace + "\", \"target_agent\": \"colleague\"}");
  }

  private static String ref(JsonNode job) {
    return "{\"job_id\": " + job.get("id") + "}";
  }

  private static String id(JsonNode job) {
    return job.get("id").asText();
  }

  private static int rows() {
    return truth.count("SELECT count(*) FROM journal");
  }

  /** The newest refusals, oldest first. */
  private static List<String> newest(int many) {
    return truth.all("SELECT * FROM (SELECT j.actor || ' ' || j.action || ' ' || (j.detail->>'refused') || coalesce(' in ' || n.path, '') FROM journal j"
        + " LEFT JOIN namespaces n ON n.id = j.namespace_id WHERE j.detail ?? 'refused' ORDER BY j.id DESC LIMIT ?) x", many).reversed();
  }
}
