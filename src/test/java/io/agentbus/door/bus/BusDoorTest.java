package io.agentbus.door.bus;

import static io.agentbus.testkit.BusCaller.object;
import static io.agentbus.testkit.BusCaller.problem;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.bus.Addresses;
import io.agentbus.http.BearerGate;
import io.agentbus.op.Caller;
import io.agentbus.op.Invocation;
import io.agentbus.op.Json;
import io.agentbus.testkit.BusCaller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the door on the event bus does beyond the catalogue; the refusals of every operation are in {@code contract}. */
@Timeout(60)
class BusDoorTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final int MOST_WRONG_TOKENS = 5;
  private static final int MOST_REQUESTS = 3;
  private TestBus bus;
  private BusDoor door;
  private Truth truth;
  private String namespace;
  private BusCaller worker;

  @BeforeEach
  void open() {
    bus = TestBus.open(DATABASE);
    truth = new Truth(DATABASE.url());
    door = BusCaller.await(BusDoor.open(bus.vertx(), bus.bus().catalogue(), new BearerGate(bus.bus().authenticator(), MOST_WRONG_TOKENS), MOST_REQUESTS)
        .toCompletionStage().toCompletableFuture());
    namespace = "ns" + UUID.randomUUID();
    worker = new BusCaller(bus.vertx(), register("worker"));
  }

  @AfterEach
  void close() {
    BusCaller.await(door.stop().toCompletionStage().toCompletableFuture());
    bus.close();
  }

  private String joinToken() {
    return bus.call(TestBus.operator(), "create_join_token", "{\"namespace\": \"" + namespace + "\"}").get("join_token").asText();
  }

  private String register(String name) {
    return bus.call(Caller.anonymous(), "register_agent",
        "{\"join_token\": \"" + joinToken() + "\", \"name\": \"" + name + "\", \"concurrency\": 0}").get("agent_token").asText();
  }

  @Test
  void a_job_goes_from_enqueue_to_its_end_over_the_bus() {
    var job = worker.call("enqueue_job", "{'subject': 's', 'target_agent': 'worker', 'payload': {'n': 1}}");
    var claimed = worker.call("claim_jobs", "{'limit': 5}").at("/jobs/0");
    assertThat(claimed.get("id")).isEqualTo(job.get("id"));
    var ended = worker.call("complete_job", "{'job_id': " + job.get("id") + ", 'fence': " + claimed.get("fence") + ", 'result': {'ok': true}}");
    assertThat(ended.get("status").asText()).isEqualTo("succeeded");
    assertThat(ended.at("/result/ok").asBoolean()).isTrue();
  }

  @Test
  void answers_are_those_of_rest_to_the_last_character() {
    worker.call("enqueue_job", "{'subject': 's', 'target_agent': 'worker'}");
    var id = truth.one("SELECT agentbus.enqueue_job(?, 'worker', 's', ?::jsonb, '{}')", namespace,
        "{\"price\": 1.10, \"tiny\": 0.1000000000000000055511151231257827, \"long\": 123456789012345678901234567890, \"none\": null, \"on\": true, \"words\": [\"ä\", {}]}");
    var wanted = bus.await(() -> bus.bus().catalogue().invoke(new Invocation("get_job", TestBus.operator(),
        Json.MAPPER.createObjectNode().put("job_id", id), null, "test")).json());
    var answer = (JsonObject) BusCaller.await(worker.later("get_job", new JsonObject().put("job_id", id), new DeliveryOptions())).body();
    assertThat(answer.encode()).isEqualTo(new String(wanted, StandardCharsets.UTF_8)).contains("123456789012345678901234567890");
  }

  @Test
  void a_missing_body_is_an_empty_input() {
    assertThat(BusCaller.tree(BusCaller.await(worker.later("whoami", null, new DeliveryOptions())).body()).get("name").asText()).isEqualTo("worker");
  }

  @Test
  void any_other_body_than_a_json_object_is_refused() {
    for (var body : List.of("{}", new JsonArray(), Buffer.buffer("{}"), 7)) {
      var refusal = worker.refused("whoami", body, new DeliveryOptions());
      assertThat(refusal.failureCode()).isEqualTo(400);
      assertThat(problem(refusal).get("detail").asText()).contains("must be a JsonObject");
    }
  }

  @Test
  void what_is_too_large_or_too_deep_is_refused() {
    var large = worker.refused("emit_event", new JsonObject().put("topic", "t").put("payload", new JsonObject().put("x", "x".repeat(4 << 20))), new DeliveryOptions());
    assertThat(large.failureCode()).isEqualTo(413);
    assertThat(problem(large).get("limit_bytes").asInt()).isEqualTo(4 << 20);
    for (var levels : List.of(64, 2_000)) {
      var deep = new JsonObject();
      for (var i = 0; i < levels; i++) {
        deep = new JsonObject().put("x", deep);
      }
      var refusal = worker.refused("emit_event", new JsonObject().put("topic", "t").put("payload", deep), new DeliveryOptions());
      assertThat(refusal.failureCode()).isEqualTo(400);
      assertThat(problem(refusal).get("code").asText()).isEqualTo("invalid_input");
    }
  }

  @Test
  void a_refusal_is_the_problem_that_rest_answers_and_its_status() {
    var refusal = worker.refused("enqueue_job", object("{'subjct': 's'}"), new DeliveryOptions().addHeader("Request-Id", "my-request"));
    assertThat(refusal.failureType()).isEqualTo(ReplyFailure.RECIPIENT_FAILURE);
    assertThat(refusal.failureCode()).isEqualTo(400);
    var problem = problem(refusal);
    assertThat(problem.get("type").asText()).isEqualTo("/problems/invalid_input");
    assertThat(problem.get("status").asInt()).isEqualTo(400);
    assertThat(problem.get("code").asText()).isEqualTo("invalid_input");
    assertThat(problem.get("retryable").asBoolean()).isFalse();
    assertThat(problem.get("request_id").asText()).isEqualTo("my-request");
    assertThat(problem.at("/errors/0/pointer").asText()).isEqualTo("/subject");
  }

  @Test
  void being_a_member_of_the_bus_gives_no_right() {
    var nobody = new BusCaller(bus.vertx(), null);
    assertThat(nobody.refused("whoami", "{}").failureCode()).isEqualTo(401);
    assertThat(nobody.refused("list_jobs", "{}").failureCode()).isEqualTo(401);
    for (var header : List.of("abo_unknown", "Bearer", "Bearer ", "Basic dTpw")) {
      assertThat(nobody.refused("whoami", new JsonObject(), new DeliveryOptions().addHeader("authorization", header)).failureCode()).isEqualTo(401);
    }
  }

  @Test
  void an_operation_that_needs_no_token_is_not_refused_for_a_stale_one() {
    var stale = new BusCaller(bus.vertx(), "aba_" + "x".repeat(43));
    assertThat(stale.call("register_agent", "{'join_token': '" + joinToken() + "', 'name': 'newcomer'}").get("agent_token").asText()).startsWith("aba_");
  }

  @Test
  void too_many_wrong_tokens_are_refused_and_good_ones_go_on() {
    worker.call("whoami", "{}");
    for (var i = 0; i < MOST_WRONG_TOKENS; i++) {
      assertThat(new BusCaller(bus.vertx(), "wrong" + i).refused("whoami", "{}").failureCode()).isEqualTo(401);
    }
    var refusal = new BusCaller(bus.vertx(), "one more").refused("whoami", "{}");
    assertThat(refusal.failureCode()).isEqualTo(429);
    assertThat(problem(refusal).get("retry_after_seconds").asInt()).isBetween(1, 60);
    assertThat(worker.call("whoami", "{}").get("name").asText()).isEqualTo("worker");
  }

  @Test
  void an_operation_that_is_not_there_has_no_handler() {
    assertThat(worker.refused("enqueue_jbo", "{}").failureType()).isEqualTo(ReplyFailure.NO_HANDLERS);
  }

  @Test
  void the_same_key_gets_the_first_answer_and_another_input_is_refused() {
    var first = BusCaller.await(worker.later("enqueue_job", object("{'subject': 'once'}"), keyed("k1")));
    var again = BusCaller.await(worker.later("enqueue_job", object("{'subject': 'once'}"), keyed("\"k1\"")));
    assertThat(again.body()).isEqualTo(first.body());
    assertThat(first.headers().contains("idempotency-replayed")).isFalse();
    assertThat(again.headers().get("idempotency-replayed")).isEqualTo("true");
    var other = worker.refused("enqueue_job", object("{'subject': 'other'}"), keyed("k1"));
    assertThat(other.failureCode()).isEqualTo(422);
    assertThat(problem(other).get("code").asText()).isEqualTo("idempotency_mismatch");
    assertThat(truth.count("SELECT count(*) FROM jobs WHERE namespace = ?", namespace)).isEqualTo(1);
  }

  private static DeliveryOptions keyed(String key) {
    return new DeliveryOptions().addHeader("Idempotency-Key", key);
  }

  @Test
  void a_claim_that_waits_holds_up_nobody() throws Exception {
    var waiting = worker.later("claim_jobs", object("{'wait_seconds': 25}"), new DeliveryOptions());
    await().until(() -> door.working() == 1);
    worker.call("claim_jobs", "{}");
    var job = worker.call("enqueue_job", "{'subject': 's', 'target_agent': 'worker'}");
    var got = BusCaller.tree(waiting.get(20, TimeUnit.SECONDS).body());
    assertThat(got.at("/jobs/0/id")).isEqualTo(job.get("id"));
  }

  @Test
  void a_claim_waits_no_longer_than_its_caller_and_takes_nothing_after_that() {
    var answer = BusCaller.await(worker.later("claim_jobs", object("{'wait_seconds': 60}"), new DeliveryOptions().setSendTimeout(2_000).addHeader("timeout", "2000")));
    assertThat(BusCaller.tree(answer.body()).get("jobs")).isEmpty();
    var job = worker.call("enqueue_job", "{'subject': 's', 'target_agent': 'worker'}");
    assertThat(truth.status(job.get("id").asText())).isEqualTo("queued");
  }

  @Test
  void a_timeout_that_is_no_number_is_refused() {
    for (var timeout : List.of("soon", "0", "-1", "", "99999999999")) {
      assertThat(worker.refused("whoami", new JsonObject(), new DeliveryOptions().addHeader("timeout", timeout)).failureCode()).isEqualTo(400);
    }
  }

  @Test
  void beyond_the_cap_requests_are_refused_at_once() {
    var waiting = java.util.stream.IntStream.range(0, MOST_REQUESTS)
        .mapToObj(i -> worker.later("claim_jobs", object("{'wait_seconds': 20}"), new DeliveryOptions())).toList();
    await().until(() -> door.working() == MOST_REQUESTS);
    var refusal = worker.refused("whoami", "{}");
    assertThat(refusal.failureCode()).isEqualTo(503);
    assertThat(problem(refusal).get("retryable").asBoolean()).isTrue();
    BusCaller.await(door.stop().toCompletionStage().toCompletableFuture());
    waiting.forEach(answer -> assertThat(BusCaller.tree(BusCaller.await(answer).body()).get("jobs")).isEmpty());
  }

  @Test
  void a_door_that_has_stopped_has_answered_all_and_is_gone() {
    var waiting = worker.later("claim_jobs", object("{'wait_seconds': 25}"), new DeliveryOptions());
    await().until(() -> door.working() == 1);
    BusCaller.await(door.stop().toCompletionStage().toCompletableFuture());
    assertThat(BusCaller.tree(BusCaller.await(waiting).body()).get("jobs")).isEmpty();
    assertThat(door.working()).isZero();
    var gone = org.assertj.core.api.Assertions.catchThrowableOfType(ReplyException.class, () -> worker.call("whoami", "{}"));
    assertThat(gone.failureType()).isEqualTo(ReplyFailure.NO_HANDLERS);
  }

  @Test
  void what_is_published_is_not_carried_out() {
    bus.vertx().eventBus().publish(Addresses.operation("enqueue_job"), object("{'subject': 'published'}"),
        new DeliveryOptions().addHeader("authorization", "Bearer " + worker.token()));
    // Behind it on the same way.
    worker.call("enqueue_job", "{'subject': 'asked'}");
    assertThat(truth.all("SELECT subject FROM jobs WHERE namespace = ?", namespace)).containsExactly("asked");
  }
}
