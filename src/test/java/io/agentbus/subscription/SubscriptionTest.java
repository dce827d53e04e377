package io.agentbus.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who subscribed is told of what it means and may see, and nobody else has to do with it. */
@Timeout(60)
class SubscriptionTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static SubscriptionWorld world;
  private static int count;
  private String home;
  private Caller ann;
  private Caller bob;

  @BeforeAll
  static void open() {
    world = new SubscriptionWorld(DATABASE);
  }

  @AfterAll
  static void close() {
    world.close();
  }

  @BeforeEach
  void twoAgents() {
    home = "s" + ++count;
    ann = world.bus.agent(home, "ann", 0);
    bob = world.bus.agent(home, "bob", 0);
    world.endpoint.answer = delivery -> Endpoint.TAKEN;
  }

  private JsonNode call(String operation, UUID subscription) {
    return world.bus.call(ann, operation, "{\"subscription_id\": \"" + subscription + "\"}");
  }

  @Test
  void only_what_is_meant_is_told() {
    var deep = world.bus.agent(home + "/v1/p4", "deep", 0);
    world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'namespace': '" + home
        + "/v1/*', 'source_agent': 'deep', 'filter': 'event.payload.n > 3'}");
    world.emit(bob, "phase.done", SubscriptionWorld.tree("{'n': 4}"));
    world.emit(deep, "phase.done", SubscriptionWorld.tree("{'n': 3}"));
    world.emit(deep, "phase.done", SubscriptionWorld.tree("{'m': 4}"));
    world.emit(deep, "other.done", SubscriptionWorld.tree("{'n': 4}"));
    var meant = world.emit(deep, "phase.done", SubscriptionWorld.tree("{'n': 4}"));
    world.handOut();
    assertThat(world.box(ann)).containsExactly(UUID.fromString(meant.get("id").asText()));
  }

  @Test
  void what_the_bus_says_can_be_heard_and_a_message_that_tells_of_it_is_not_heard_again() {
    world.handOut();
    world.subscribe(ann, "{'to': 'inbox', 'topic': '**', 'namespace': '" + home + "'}");
    world.bus.call(bob, "enqueue_job", "{\"subject\": \"s\"}");
    world.bus.call(bob, "notify", "{\"target_agent\": \"bob\", \"title\": \"t\"}");
    world.handOut();
    world.handOut();
    var topics = new ArrayList<String>();
    world.bus.call(ann, "inbox", "{}").get("items").forEach(message -> topics.add(message.get("title").asText()));
    assertThat(topics).containsExactly("job.queued", "message.sent");
  }

  @Test
  void nobody_is_told_of_what_lies_outside_its_walls() {
    var other = world.bus.agent(home + "x", "other", 0);
    world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'namespace': '**'}");
    world.emitted(other, "phase.done");
    var own = world.emitted(bob, "phase.done");
    world.handOut();
    assertThat(world.box(ann)).containsExactly(own);
    assertThat(world.bus.code(ann, "subscribe", "{\"to\": \"inbox\", \"namespace\": \"" + home + "x\"}")).isEqualTo(ProblemCode.NOT_FOUND);
  }

  @Test
  void a_right_that_was_taken_away_ends_what_was_to_come_and_what_waits() {
    world.endpoint.answer = delivery -> new Outcome.Postponed("not now", Duration.ZERO);
    var subscription = world.webhook(ann, "phase.*", "");
    world.emitted(bob, "phase.waits");
    world.until(() -> !world.endpoint.events(subscription).isEmpty());
    world.bus.call(TestBus.operator(), "revoke_agent_token", "{\"agent\": \"ann\", \"namespace\": \"" + home + "\"}");
    world.endpoint.answer = delivery -> Endpoint.TAKEN;
    await().until(() -> world.truth.holds("SELECT count(*) = 0 FROM deliveries WHERE subscription_id = ? AND lease IS NOT NULL", subscription));
    var told = world.endpoint.events(subscription).size();
    world.emitted(bob, "phase.later");
    world.until(() -> world.truth.holds("SELECT bool_and(status = 'dead') FROM deliveries WHERE subscription_id = ?", subscription));
    assertThat(world.endpoint.events(subscription)).hasSize(told);
    assertThat(world.truth.all("SELECT last_error FROM deliveries WHERE subscription_id = ?", subscription)).singleElement().asString()
        .contains("may not see");
  }

  @Test
  void others_neither_see_nor_touch_a_subscription_but_operators_do() {
    var subscription = world.subscribe(ann, "{'to': 'inbox'}");
    for (var operation : List.of("get_subscription", "unsubscribe", "pause_subscription", "resume_subscription")) {
      assertThat(world.bus.code(bob, operation, "{\"subscription_id\": \"" + subscription + "\"}")).as(operation).isEqualTo(ProblemCode.NOT_FOUND);
    }
    assertThat(world.bus.call(bob, "list_subscriptions", "{}").get("items")).isEmpty();
    assertThat(world.bus.call(TestBus.operatorOf(home), "list_subscriptions", "{}").get("items")).hasSize(1);
    var paused = world.bus.call(TestBus.operatorOf(home), "pause_subscription", "{\"subscription_id\": \"" + subscription + "\"}");
    assertThat(paused.get("owner").asText()).isEqualTo("agent:" + home + "/ann");
    assertThat(call("unsubscribe", subscription).get("id").asText()).isEqualTo(subscription.toString());
  }

  @Test
  void what_a_subscription_would_make_of_an_event_can_be_asked() {
    var subscription = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'filter': 'event.payload.n > 3', 'title': 'n {{event.payload.n}}'}");
    var test = "{\"subscription_id\": \"" + subscription + "\", \"event_id\": ";
    var yes = world.bus.call(ann, "test_subscription", test + world.emit(bob, "phase.done", SubscriptionWorld.tree("{'n': 4}")).get("id") + "}");
    assertThat(yes.get("matches").asBoolean()).isTrue();
    assertThat(yes.at("/sends/title").asText()).isEqualTo("n 4");
    var no = world.bus.call(ann, "test_subscription", test + world.emit(bob, "phase.done", SubscriptionWorld.tree("{'m': 4}")).get("id") + "}");
    assertThat(no.get("matches").asBoolean()).isFalse();
    assertThat(no.get("reason").asText()).contains("cannot be evaluated").contains("n");
    var other = world.bus.call(ann, "test_subscription", test + world.emit(bob, "other.done").get("id") + "}");
    assertThat(other.get("reason").asText()).contains("other.done");
  }

  @Test
  void a_name_that_goes_to_another_tenant_takes_no_event_across_the_walls() {
    var other = home + "x";
    var stranger = world.bus.agent(other, "stranger", 0);
    var wish = "{\"name\": \"ci-" + home + "\", \"rights\": [\"read\", \"ask\"], \"namespaces\": [\"";
    var made = world.bus.call(TestBus.operator(), "create_token", wish + home + "\"]}");
    var ci = world.bus.await(() -> world.bus.bus().authenticator().authenticate(made.get("secret").asText()));
    world.subscribe(ci, "{'to': 'inbox', 'target_agent': 'ann', 'topic': 'phase.*'}");
    world.bus.call(TestBus.operator(), "revoke_token", "{\"token_id\": " + made.at("/token/id") + "}");
    assertThat(world.bus.code(TestBus.operator(), "create_token", wish + other + "\"]}")).isEqualTo(ProblemCode.DUPLICATE_CONFLICT);
    // As if such a token had been made before names were kept apart.
    world.truth.update("UPDATE tokens SET revoked_at = NULL, namespaces = ARRAY[?] WHERE name = ?", other, "ci-" + home);
    world.emitted(stranger, "phase.done");
    world.handOut();
    assertThat(world.box(ann)).isEmpty();
    world.truth.update("UPDATE tokens SET revoked_at = now(), namespaces = ARRAY[?] WHERE name = ?", home, "ci-" + home);
    world.bus.call(TestBus.operator(), "create_token", wish + home + "\"]}");
    world.truth.update("UPDATE subscriptions SET hold_until = NULL WHERE owner = ?", "token:ci-" + home);
    var event = world.emitted(bob, "phase.done");
    world.until(() -> !world.box(ann).isEmpty());
    assertThat(world.box(ann)).as("a token of the same name and walls goes on with it").containsExactly(event);
  }

  @Test
  void one_owner_has_no_more_than_200_however_many_ask_at_once() throws Exception {
    world.truth.update("INSERT INTO subscriptions (id, namespace_id, owner, topic, namespaces, target, live, position)"
        + " SELECT gen_random_uuid(), n.id, ?, 't', '**', 'sse', false, 0 FROM namespaces n, generate_series(1, 199) WHERE n.path = ?", ann.actor(), home);
    var asked = IntStream.range(0, 6).mapToObj(i -> world.bus.callLater(ann, "subscribe", "{\"to\": \"sse\"}")).toList();
    var refused = 0;
    for (var one : asked) {
      try {
        one.get();
      } catch (ExecutionException refusal) {
        assertThat(refusal.getCause()).hasMessageContaining("may have 200");
        refused++;
      }
    }
    assertThat(refused).isEqualTo(5);
  }

  @Test
  void whoever_removes_a_subscription_waits_for_who_writes_deliveries_of_it_and_leaves_none() throws Exception {
    var subscription = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
    var event = SubscriptionStore.event(world.bus.bus().database(), world.emitted(bob, "other.done"));
    var removal = world.bus.await(() -> world.bus.bus().database().inTransaction(tx -> {
      assertThat(SubscriptionStore.keep(tx, subscription)).isTrue();
      var asked = world.bus.callLater(ann, "unsubscribe", "{\"subscription_id\": \"" + subscription + "\"}");
      awaitLock();
      var definition = Objects.requireNonNull(SubscriptionStore.definition(tx, subscription));
      DeliveryStore.add(tx, List.of(new DeliveryStore.New(definition, Objects.requireNonNull(event), false, null, null, Duration.ZERO)));
      return asked;
    }));
    assertThat(removal.get().get("pending").asInt()).isEqualTo(1);
    assertThat(world.truth.count("SELECT count(*) FROM deliveries WHERE subscription_id = ?", subscription)).isZero();
  }

  @Test
  void a_replay_that_meets_the_removal_writes_nothing() {
    var event = world.emitted(bob, "phase.done");
    world.handOut();
    var subscription = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
    var replay = world.bus.await(() -> world.bus.bus().database().inTransaction(tx -> {
      SubscriptionStore.keep(tx, subscription);
      tx.run("subscription.remove", Tuple.of(subscription));
      var asked = world.bus.callLater(TestBus.operator(), "replay_deliveries",
          "{\"subscription_id\": \"" + subscription + "\", \"to_event_id\": \"" + event + "\"}");
      awaitLock();
      return asked;
    }));
    assertThatThrownBy(replay::get).hasMessageContaining("There is no subscription");
    assertThat(world.truth.count("SELECT count(*) FROM deliveries WHERE subscription_id = ?", subscription)).isZero();
  }

  private static void awaitLock() {
    await().until(() -> world.truth.holds("SELECT count(*) > 0 FROM pg_locks WHERE NOT granted AND pid IN"
        + " (SELECT pid FROM pg_stat_activity WHERE datname = current_database())"));
  }
}
