package io.agentbus.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.job.JobOperations;
import io.agentbus.job.Outage;
import io.agentbus.job.RetryPolicy;
import io.agentbus.op.Caller;
import io.agentbus.op.Limits;
import io.agentbus.op.OpenApiDocument;
import io.agentbus.op.Schemas;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Each limit that an operator sets holds for the operations of the node, larger or smaller than the usual one. */
@Timeout(60)
class SettableLimitsTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final Limits LIMITS = new Limits(300 * 1_024, 1_000, 5 << 20, 3, 2, 2, 4, 20, 40, 30, 1, 7, 2, 2, 1);
  private static final BusSettings SETTINGS =
      new BusSettings("test", "test", List.of("api"), TestBus.home(), 8, RetryPolicy.DEFAULT, 2_000, LIMITS, Outage.DEFAULT, null);
  private static TestBus bus;
  private static Caller agent;

  @BeforeAll
  static void open() {
    bus = TestBus.open(DATABASE, SETTINGS);
    agent = bus.agent("default", "worker", 0);
  }

  @AfterAll
  static void close() {
    bus.close();
  }

  @Test
  void a_payload_may_be_as_large_as_is_set() {
    assertThat(code("enqueue_job", "{'subject': 's', 'payload': " + object(299 * 1_024) + "}")).isNull();
    assertThat(code("enqueue_job", "{'subject': 's', 'payload': " + object(301 * 1_024) + "}")).isEqualTo(ProblemCode.PAYLOAD_TOO_LARGE);
    assertThat(code("emit_event", "{'topic': 'a.b', 'payload': " + object(301 * 1_024) + "}")).isEqualTo(ProblemCode.PAYLOAD_TOO_LARGE);
  }

  @Test
  void a_namespace_of_the_memory_bus_holds_as_many_entries_as_are_set() {
    assertThat(code("memory_store", "{'title': 'one', 'content': 'c'}")).isNull();
    assertThat(code("memory_store", "{'title': 'two', 'content': 'c'}")).isNull();
    assertThat(code("memory_store", "{'title': 'three', 'content': 'c'}")).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
    assertThat(code("memory_store", "{'title': 'two', 'content': 'd', 'on_conflict': 'merge'}")).isNull();
    assertThat(code("memory_store", "{'title': 'three', 'content': 'c', 'namespace': 'below'}")).isNull();
    assertThat(code("memory_store", "{'title': 'three', 'content': 'c', 'namespace': 'beside'}")).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
  }

  @Test
  void a_limit_holds_within_the_records_of_a_list_too() {
    assertThat(code("enqueue_jobs", "{'jobs': [{'subject': 's', 'payload': " + object(301 * 1_024) + "}]}"))
        .isEqualTo(ProblemCode.PAYLOAD_TOO_LARGE);
  }

  @Test
  void a_result_may_be_as_large_as_is_set() {
    var attempt = attempt(claim(""));
    assertThat(code("complete_job", attempt + ", 'result': " + object(1_100) + "}")).isEqualTo(ProblemCode.PAYLOAD_TOO_LARGE);
    assertThat(code("complete_job", attempt + ", 'result': " + object(900) + "}")).isNull();
  }

  @Test
  void a_bulk_call_takes_as_many_as_are_set() {
    var job = "{'subject': 's'}";
    assertThat(code("enqueue_jobs", "{'jobs': [" + String.join(", ", job, job, job) + "]}")).isNull();
    assertThat(code("enqueue_jobs", "{'jobs': [" + String.join(", ", job, job, job, job) + "]}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void a_claim_takes_as_many_as_are_set() {
    assertThat(code("claim_jobs", "{'limit': 2}")).isNull();
    assertThat(code("claim_jobs", "{'limit': 3}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void every_list_has_the_pages_that_are_set() {
    for (var i = 0; i < 5; i++) {
      call("enqueue_job", "{'subject': 'page'}");
      call("emit_event", "{'topic': 'page.turned'}");
    }
    assertThat(call("list_jobs", "{'subject': 'page'}").get("items")).hasSize(2);
    assertThat(call("list_jobs", "{'subject': 'page', 'limit': 4}").get("items")).hasSize(4);
    for (var list : List.of("list_jobs", "list_events", "list_journal", "list_agents", "list_pauses", "inbox")) {
      assertThat(code(list, "{'limit': 5}")).as(list).isEqualTo(ProblemCode.INVALID_INPUT);
      assertThat(code(list, "{'limit': 4}")).as(list).isNull();
    }
    assertThat(bus.code(TestBus.operator(), "list_tokens", "{\"limit\": 5}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void a_lease_is_as_long_as_is_set() {
    var claimed = claim("");
    assertThat(Duration.between(time(claimed, "leased_at"), time(claimed, "leased_until"))).isEqualTo(Duration.ofSeconds(30));
    for (var seconds : List.of(19, 41)) {
      assertThat(code("claim_jobs", "{'lease_seconds': " + seconds + "}")).isEqualTo(ProblemCode.INVALID_INPUT);
      assertThat(code("renew_job_lease", attempt(claimed) + ", 'lease_seconds': " + seconds + "}")).isEqualTo(ProblemCode.INVALID_INPUT);
    }
    assertThat(code("renew_job_lease", attempt(claimed) + ", 'lease_seconds': 40}")).isNull();
  }

  @Test
  void nobody_waits_longer_than_is_set() {
    assertThat(code("claim_jobs", "{'wait_seconds': 2}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void a_job_has_as_many_attempts_as_are_set_unless_its_asker_says() {
    assertThat(call("enqueue_job", "{'subject': 's'}").get("max_attempts").asInt()).isEqualTo(7);
    assertThat(call("enqueue_job", "{'subject': 's', 'max_attempts': null}").get("max_attempts").asInt()).isEqualTo(7);
    assertThat(call("enqueue_job", "{'subject': 's', 'max_attempts': 9}").get("max_attempts").asInt()).isEqualTo(9);
  }

  @Test
  void a_job_enqueued_by_sql_has_what_an_operation_would_give_it() {
    assertThat(sqlAttempts("'{}'")).isEqualTo("7");
    assertThat(sqlAttempts("'{\"max_attempts\": 9}'")).isEqualTo("9");
    enqueueBySql(object(299 * 1_024).replace('\'', '"'), "'{}'");
    assertThatThrownBy(() -> enqueueBySql(object(301 * 1_024).replace('\'', '"'), "'{}'")).hasMessageContaining("the limit is " + 300 * 1_024);
  }

  @Test
  void a_node_that_is_set_otherwise_changes_what_sql_gives() {
    try (var other = TestBus.open(DATABASE)) {
      assertThat(sqlAttempts("'{}'")).isEqualTo("5")
          .isEqualTo(other.call(TestBus.operator(), "enqueue_job", "{\"subject\": \"s\"}").get("max_attempts").asText());
    }
    try (var again = TestBus.open(DATABASE, SETTINGS)) {
      assertThat(sqlAttempts("'{}'")).isEqualTo("7");
    }
  }

  @Test
  void a_caller_is_told_what_is_set() {
    var limits = call("whoami", "{}").get("limits");
    assertThat(limits.get("payload_bytes").asInt()).isEqualTo(300 * 1_024);
    assertThat(limits.get("result_bytes").asInt()).isEqualTo(1_000);
    assertThat(limits.get("body_bytes").asInt()).isEqualTo(5 << 20);
    assertThat(limits.get("bulk").asInt()).isEqualTo(3);
    assertThat(limits.get("claim").asInt()).isEqualTo(2);
    assertThat(limits.get("wait_seconds").asInt()).isEqualTo(1);
  }

  @Test
  void the_schemas_show_what_is_set() {
    var list = Schemas.input(JobOperations.LIST_JOBS, LIMITS).at("/properties/limit");
    assertThat(list.get("maximum").asInt()).isEqualTo(4);
    assertThat(list.get("default")).hasToString("2");
    assertThat(Schemas.input(JobOperations.LIST_JOBS).at("/properties/limit/maximum").asInt()).isEqualTo(500);
    var document = OpenApiDocument.of(bus.bus().catalogue().operations(), "1", bus.bus().catalogue().limits());
    var claim = document.at("/components/schemas/ClaimJobsInput/properties");
    assertThat(claim.at("/lease_seconds/minimum").asInt()).isEqualTo(20);
    assertThat(claim.at("/lease_seconds/maximum").asInt()).isEqualTo(40);
    assertThat(claim.at("/lease_seconds/default")).hasToString("30");
    assertThat(claim.at("/wait_seconds/maximum").asInt()).isEqualTo(1);
    assertThat(document.at("/components/schemas/EnqueueJobsInput/properties/jobs/maxItems").asInt()).isEqualTo(3);
  }

  private static String sqlAttempts(String options) {
    return new Truth(DATABASE.url()).one("SELECT max_attempts FROM jobs WHERE id = ?::uuid", enqueueBySql("{}", options));
  }

  private static String enqueueBySql(String payload, String options) {
    return new Truth(DATABASE.url()).one("SELECT enqueue_job('default', 'by-sql', 's', ?::jsonb, " + options + ")", payload);
  }

  private static JsonNode claim(String more) {
    call("enqueue_job", "{'subject': 's', 'target_agent': 'worker', 'priority': 1000" + more + "}");
    return call("claim_jobs", "{}").at("/jobs/0");
  }

  private static String attempt(JsonNode claimed) {
    return "{'job_id': " + claimed.get("id") + ", 'fence': " + claimed.get("fence");
  }

  private static OffsetDateTime time(JsonNode job, String field) {
    return OffsetDateTime.parse(job.get(field).asText());
  }

  private static String object(int bytes) {
    return "{'a': '" + "x".repeat(bytes - 8) + "'}";
  }

  private static JsonNode call(String operation, String input) {
    return bus.call(agent, operation, input.replace('\'', '"'));
  }

  private static ProblemCode code(String operation, String input) {
    return bus.code(agent, operation, input.replace('\'', '"'));
  }
}
