package io.agentbus.memorybus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.event.SequencerConfig;
import io.agentbus.event.SequencerVerticle;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.subscription.InboxDrainerConfig;
import io.agentbus.subscription.InboxDrainerVerticle;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Receiver;
import io.agentbus.testkit.TestBus;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
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
    room = new MemoryRoom(DATABASE, List.of("127.0.0.0/8"));
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
  void a_webhook_is_sent_in_the_form_of_ai_memory() throws Exception {
    try (var receiver = Receiver.start(Receiver.status(200))) {
      var made = room.call(worker, "memory_subscribe",
          "{'url': '" + receiver.url("/hook") + "', 'secret': 's3cret of both sides', 'event_types': ['memory_delete'], 'agent_filter': 'worker-7'}");
      assertThat(made.get("url").asText()).isEqualTo(receiver.url("/hook"));
      assertThat(made.get("events").asText()).isEqualTo("memory_delete");
      assertThat(made.get("event_types")).hasSize(1);
      assertThat(made.get("agent_filter").asText()).isEqualTo("worker-7");
      var kept = room.call(worker, "get_subscription", "{'subscription_id': '" + made.get("id").asText() + "'}");
      assertThat(kept.get("topic").asText()).isEqualTo("memory.deleted");
      assertThat(kept.toString()).contains("ai_memory").doesNotContain("s3cret");
      assertThat(room.call(worker, "memory_capabilities", "{}").at("/hooks/registered_count").asInt()).isEqualTo(1);
      var id = room.store(worker, "release/v0.6.3/phase4", "goes", "c");
      room.call(worker, "memory_delete", "{'id': '" + id + "'}");
      var got = one(receiver);
      var body = Json.MAPPER.readTree(got.body());
      assertThat(body.properties()).extracting(field -> field.getKey()).startsWith("event", "memory_id", "namespace", "agent_id", "delivered_at")
          .contains("title", "tier");
      assertThat(body.get("event").asText()).isEqualTo("memory_delete");
      assertThat(body.get("memory_id").asText()).isEqualTo(id);
      assertThat(body.get("namespace").asText()).isEqualTo("release/v0.6.3/phase4");
      assertThat(body.get("agent_id").asText()).isEqualTo("worker-7");
      assertThat(body.get("tier").asText()).isEqualTo("mid");
      assertThat(got.header("x-ai-memory-signature")).isEqualTo(signature("s3cret of both sides", got.header("x-ai-memory-timestamp"), got.body()));
      var listed = room.call(worker, "memory_list_subscriptions", "{}").get("subscriptions").valueStream()
          .filter(one -> one.get("id").equals(made.get("id"))).findFirst().orElseThrow();
      assertThat(listed.get("agent_filter").asText()).isEqualTo("worker-7");
      assertThat(listed.get("events").asText()).isEqualTo("memory_delete");
      assertThat(listed.get("event_types")).isEqualTo(made.get("event_types"));
      room.call(worker, "memory_unsubscribe", "{'id': '" + made.get("id").asText() + "'}");
      assertThat(room.call(worker, "memory_capabilities", "{}").at("/hooks/registered_count").asInt()).isZero();
    }
  }

  @Test
  void an_agent_is_filtered_by_as_the_memory_names_it() {
    var lead = room.agent("release/filtered", "lead");
    room.agent("release/filtered", "ann");
    var id = room.call(lead, "memory_subscribe", "{'agent_filter': 'ann', 'events': 'memory_store,memory_update'}").get("id").asText();
    room.store(lead, "release/filtered", "its own", "c");
    var forAnn = room.call(TestBus.operator(), "memory_store", "{'title': 'for ann', 'content': 'c', 'namespace': 'release/filtered', 'agent_id': 'ann'}")
        .get("id").asText();
    await().atMost(Duration.ofSeconds(20)).until(() -> room.call(lead, "memory_inbox", "{}").get("count").asInt() > 0);
    assertThat(room.call(lead, "memory_inbox", "{}").get("count").asInt()).isEqualTo(1);
    assertThat(room.call(lead, "memory_inbox", "{}").at("/messages/0/payload").asText()).contains(forAnn);
    assertThat(room.call(lead, "memory_list_subscriptions", "{}").at("/subscriptions/0/agent_filter").asText()).isEqualTo("ann");
    room.call(lead, "memory_unsubscribe", "{'id': '" + id + "'}");
  }

  @Test
  void an_agent_is_told_of_its_own_messages_and_of_nobody_elses() throws Exception {
    var ann = room.agent("release/mail", "ann");
    var other = room.agent("release/mail/below", "ann");
    var bob = room.agent("release/mail", "bob");
    try (var receiver = Receiver.start(Receiver.status(200))) {
      var wish = "{'url': '" + receiver.url("/mail") + "', 'namespace_filter': '_messages/ann', 'events': 'memory_store'}";
      assertThat(room.code(bob, "memory_subscribe", wish)).isEqualTo(ProblemCode.FORBIDDEN);
      assertThat(room.call(ann, "memory_subscribe", wish).get("namespace_filter").asText()).isEqualTo("_messages/ann");
      assertThat(room.call(ann, "memory_list_subscriptions", "{}").at("/subscriptions/0/namespace_filter").asText()).isEqualTo("_messages/ann");
      room.call(bob, "memory_notify", "{'target_agent_id': 'ann', 'namespace': 'release/mail/below', 'title': 'for the other', 'payload': 'p'}");
      room.call(ann, "memory_notify", "{'target_agent_id': 'bob', 'title': 'for bob', 'payload': 'p'}");
      var id = room.call(bob, "memory_notify", "{'target_agent_id': 'ann', 'title': 'secret title', 'payload': 'secret words'}").get("id").asText();
      var got = one(receiver);
      assertThat(got.text()).doesNotContain("secret");
      var body = Json.MAPPER.readTree(got.body());
      assertThat(body.get("event").asText()).isEqualTo("memory_store");
      assertThat(body.get("memory_id").asText()).isEqualTo(id);
      assertThat(body.get("namespace").asText()).isEqualTo("_messages/ann");
      assertThat(body.get("agent_id").asText()).isEqualTo("bob");
      assertThat(room.call(other, "memory_inbox", "{}").get("count").asInt()).isEqualTo(1);
    }
  }

  @Test
  void an_event_that_never_happens_here_may_be_wished_for() {
    var made = room.call(worker, "memory_subscribe", "{'events': 'memory_consolidated'}");
    assertThat(made.get("events").asText()).isEqualTo("memory_consolidated");
    assertThat(room.call(worker, "memory_subscribe", "{'events': 'memory_store,memory_consolidated', 'namespace_filter': '_messages/worker-7'}")
        .get("url").asText()).isEqualTo("agentbus:inbox");
    assertThat(room.call(worker, "memory_capabilities", "{}").at("/hooks/webhook_events").toString()).doesNotContain("memory_consolidated");
  }

  /** The first request that came, which is the only one. */
  private static Receiver.Got one(Receiver receiver) {
    await().atMost(Duration.ofSeconds(20)).until(() -> !receiver.got().isEmpty());
    assertThat(receiver.got()).hasSize(1);
    return receiver.got().getFirst();
  }

  /** As a receiver of ai-memory's checks it. */
  private static String signature(String secret, String timestamp, byte[] body) throws Exception {
    var mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8)), "HmacSHA256"));
    mac.update((timestamp + ".").getBytes(StandardCharsets.UTF_8));
    return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
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
