package io.agentbus.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
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
}
