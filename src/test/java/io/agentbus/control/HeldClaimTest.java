package io.agentbus.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.agent.AgentOperations;
import io.agentbus.op.Caller;
import io.agentbus.op.Schemas;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.time.Duration;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What holds work back, seen by the agents that ask for it, through the catalogue. */
class HeldClaimTest {
  @RegisterExtension
  static final PgDatabase database = new PgDatabase();

  static TestBus bus;

  @BeforeAll
  static void open() {
    bus = TestBus.open(database);
  }

  @AfterAll
  static void close() {
    bus.close();
  }

  private static Caller agentWithJob(String namespace) {
    var agent = bus.agent(namespace, "worker", 1);
    bus.call(TestBus.operator(), "enqueue_job", "{\"namespace\": \"" + namespace
        + "\", \"target_agent\": \"worker\", \"subject\": \"s\", \"lane\": \"coding\"}");
    return agent;
  }

  private static int claimed(Caller agent) {
    return bus.call(agent, "claim_jobs", "{}").get("jobs").size();
  }

  private static void operate(String operation, String input) {
    bus.call(TestBus.operator(), operation, input);
  }

  @Test
  void a_paused_lane_hands_out_nothing_and_wakes_those_who_wait_when_it_is_resumed() {
    var agent = agentWithJob("held-lane");
    operate("pause_lane", "{\"namespace\": \"held-lane\", \"lane\": \"coding\", \"reason\": \"deploy\"}");
    assertThat(claimed(agent)).isZero();

    Future<JsonNode> waiting = bus.callLater(agent, "claim_jobs", "{\"wait_seconds\": 60}");
    operate("resume_lane", "{\"namespace\": \"held-lane\", \"lane\": \"coding\"}");

    assertThat(waiting).succeedsWithin(Duration.ofSeconds(20)).satisfies(answer -> assertThat(answer.get("jobs"))
        .hasSize(1));
  }

  @Test
  void a_paused_agent_gets_nothing_until_it_is_resumed() {
    var agent = agentWithJob("held-agent");
    operate("pause_agent", "{\"namespace\": \"held-agent\", \"agent\": \"worker\", \"reason\": \"misbehaves\"}");
    assertThat(claimed(agent)).isZero();

    operate("resume_agent", "{\"namespace\": \"held-agent\", \"agent\": \"worker\"}");

    assertThat(claimed(agent)).isEqualTo(1);
  }

  @Test
  void a_paused_namespace_holds_what_lies_below_it() {
    var agent = agentWithJob("held-space/a/b");
    operate("pause_namespace", "{\"namespace\": \"held-space\", \"reason\": \"audit\"}");
    assertThat(claimed(agent)).isZero();

    operate("resume_namespace", "{\"namespace\": \"held-space\"}");

    assertThat(claimed(agent)).isEqualTo(1);
  }

  @Test
  void draining_and_disabled_agents_get_nothing_though_they_go_on_with_heartbeats() {
    var agent = agentWithJob("held-wish");
    for (var desired : new String[] {"draining", "disabled"}) {
      operate("update_agent", "{\"namespace\": \"held-wish\", \"agent\": \"worker\", \"desired\": \"" + desired
          + "\"}");
      assertThat(bus.call(agent, "agent_heartbeat", "{}").at("/agent/status").asText()).isEqualTo(desired);
      assertThat(claimed(agent)).as(desired).isZero();
    }
    operate("update_agent", "{\"namespace\": \"held-wish\", \"agent\": \"worker\", \"desired\": \"active\"}");

    assertThat(claimed(agent)).isEqualTo(1);
  }

  @Test
  void agents_pause_nothing_and_list_what_is_paused() {
    var agent = bus.agent("held-right", "worker", 1);
    operate("pause_namespace", "{\"namespace\": \"held-right\", \"reason\": \"audit\"}");

    assertThat(bus.code(agent, "resume_namespace", "{\"namespace\": \"held-right\"}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(bus.call(agent, "list_pauses", "{}").at("/items/0/reason").asText()).isEqualTo("audit");
  }

  @Test
  void a_registration_repeated_with_its_idempotency_key_answers_the_same_token() {
    var join = bus.call(TestBus.operator(), "create_join_token", "{\"namespace\": \"held-again\"}").get("join_token")
        .asText();
    var input = "{\"join_token\": \"" + join + "\", \"name\": \"retrying\"}";

    var first = bus.call(Caller.anonymous(), "register_agent", input, "key-1");

    assertThat(bus.call(Caller.anonymous(), "register_agent", input, "key-1")).isEqualTo(first);
    assertThat(bus.code(Caller.anonymous(), "register_agent", input)).isEqualTo(ProblemCode.UNAUTHENTICATED);
  }

  @Test
  void bad_input_names_its_field() {
    assertThat(bus.refused(TestBus.operator(), "pause_lane", "{\"lane\": \"fast\", \"reason\": \"x\"}").errors()
        .getFirst().pointer()).isEqualTo("/lane");
    assertThat(bus.refused(TestBus.operator(), "create_token",
        "{\"name\": \"x\", \"rights\": [\"rule\"], \"namespaces\": [\"a\"]}").errors().getFirst().pointer()).isEqualTo(
        "/rights/0");
    assertThat(bus.refused(Caller.anonymous(), "register_agent", "{\"join_token\": \"secret\", \"name\": \"-\"}"))
        .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContain("secret"))
        .satisfies(refusal -> assertThat(refusal.errors().getFirst().pointer()).isEqualTo("/name"));
  }

  @Test
  void every_operation_has_a_schema_of_what_it_takes_and_answers() {
    assertThat(AgentOperations.ALL).hasSize(12).allSatisfy(operation -> {
      assertThat(Schemas.input(operation).path("type").asText()).isEqualTo("object");
      assertThat(Schemas.output(operation).isEmpty()).isFalse();
    });
    assertThat(ControlOperations.ALL).hasSize(7).allSatisfy(operation ->
        assertThat(Schemas.input(operation).path("type").asText()).isEqualTo("object"));
  }
}
