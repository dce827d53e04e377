package io.agentbus.memorybus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.event.SequencerConfig;
import io.agentbus.event.SequencerVerticle;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.subscription.InboxDrainerConfig;
import io.agentbus.subscription.InboxDrainerVerticle;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who subscribes by ai-memory's names is told of what happens under a pattern of namespaces. */
@Timeout(60)
class MemorySubscriptionTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static MemoryRoom room;
  private static Caller orchestrator;
  private static Caller worker;
  private static Caller stranger;

  @BeforeAll
  static void open() {
    room = new MemoryRoom(DATABASE);
    var its = room.bus.bus();
    deploy(new SequencerVerticle(its.sequencer(), its.feed(), its.wakeUps(), new SequencerConfig(Duration.ofMillis(200), Duration.ofMillis(5))));
    var config = new InboxDrainerConfig(Duration.ofMillis(200), Duration.ZERO, 100, 1_000, 64, Duration.ofSeconds(90), List.of(Duration.ofMillis(100)),
        List.of(Duration.ofMillis(100)), 0, Duration.ofHours(1), Duration.ofDays(1), 100);
    deploy(new InboxDrainerVerticle(its.subscriptions().drainer(config), config));
    orchestrator = room.agent("release/v0.6.3", "ai:orchestrator@host");
    worker = room.agent("release/v0.6.3/phase4", "worker-7");
    stranger = room.agent("globex", "stranger");
  }

  @AfterAll
  static void close() {
    room.close();
  }

  private static void deploy(Deployable verticle) {
    room.bus.vertx().deployVerticle(verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD)).toCompletionStage()
        .toCompletableFuture().join();
  }

  @Test
  void a_pattern_of_namespaces_matches_what_is_stored_there() {
    var made = room.call(orchestrator, "memory_subscribe", "{'namespace_filter': 'release/v0.6.3/*', 'events': 'memory_store,memory_promote'}");
    assertThat(made.properties()).extracting(field -> field.getKey()).containsExactly("id", "url", "events", "namespace_filter", "agent_filter", "created_by");
    assertThat(made.get("created_by").asText()).isEqualTo("ai:orchestrator@host");
    room.store(orchestrator, "release/v0.6.3", "not below", "c");
    var id = room.store(worker, "release/v0.6.3/phase4", "verdict", "c");
    room.call(worker, "memory_delete", "{'id': '" + room.store(worker, "release/v0.6.3/phase4/deep", "too deep", "c") + "'}");
    room.call(worker, "memory_promote", "{'id': '" + id + "'}");
    await().atMost(Duration.ofSeconds(20)).until(() -> room.call(orchestrator, "memory_inbox", "{}").get("count").asInt() >= 2);
    var told = room.call(orchestrator, "memory_inbox", "{'order': 'arrival'}").get("messages").toString();
    assertThat(told).contains("memory.stored", "memory.promoted", id).doesNotContain("memory.deleted");
    assertThat(room.call(orchestrator, "memory_inbox", "{}").get("count").asInt()).isEqualTo(2);
    await().atMost(Duration.ofSeconds(20)).until(() -> room.call(orchestrator, "memory_list_subscriptions", "{}").get("subscriptions")
        .findValuesAsText("dispatch_count").contains("2"));
    assertThat(room.call(orchestrator, "memory_list_subscriptions", "{}").get("subscriptions").findValuesAsText("failure_count")).containsOnly("0");
  }

  @Test
  void a_webhook_is_sent_in_the_form_of_ai_memory() {
    var made = room.call(worker, "memory_subscribe",
        "{'url': 'https://example.com/hook', 'secret': 's3cret', 'event_types': ['memory_delete'], 'agent_filter': 'worker-7'}");
    assertThat(made.get("url").asText()).isEqualTo("https://example.com/hook");
    assertThat(made.get("events").asText()).isEqualTo("memory_delete");
    assertThat(made.get("event_types")).hasSize(1);
    assertThat(made.get("agent_filter").asText()).isEqualTo("worker-7");
    var kept = room.call(worker, "get_subscription", "{'subscription_id': '" + made.get("id").asText() + "'}");
    assertThat(kept.get("topic").asText()).isEqualTo("memory.deleted");
    assertThat(kept.toString()).contains("ai_memory").doesNotContain("s3cret");
    assertThat(room.call(worker, "memory_capabilities", "{}").at("/hooks/registered_count").asInt()).isEqualTo(1);
    room.call(worker, "memory_unsubscribe", "{'id': '" + made.get("id").asText() + "'}");
  }

  @Test
  void a_subscription_is_its_owners() {
    var id = room.call(orchestrator, "memory_subscribe", "{'namespace_filter': 'release/v0.6.3/other/**'}").get("id").asText();
    for (var other : List.of(worker, stranger)) {
      assertThat(room.call(other, "memory_list_subscriptions", "{}").toString()).doesNotContain(id);
      assertThat(room.call(other, "memory_unsubscribe", "{'id': '" + id + "'}").get("removed").asBoolean()).isFalse();
    }
    var removed = room.call(orchestrator, "memory_unsubscribe", "{'id': '" + id + "'}");
    assertThat(removed.get("removed").asBoolean()).isTrue();
    assertThat(room.call(orchestrator, "memory_unsubscribe", "{'id': '" + id + "'}").get("removed").asBoolean()).isFalse();
  }

  @Test
  void a_wish_that_cannot_be_is_refused_with_its_field() {
    assertThat(room.refused(worker, "memory_subscribe", "{'events': 'memory_stored'}").getMessage()).contains("/events", "memory_store");
    assertThat(room.refused(worker, "memory_subscribe", "{'secret': 'x'}").getMessage()).contains("/secret");
    assertThat(room.code(TestBus.operatorOf("release"), "memory_subscribe", "{}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }
}
