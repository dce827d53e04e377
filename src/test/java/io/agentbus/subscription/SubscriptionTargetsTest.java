package io.agentbus.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.BusCaller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of an event in an inbox, as a job and on the event bus. */
@Timeout(60)
class SubscriptionTargetsTest {
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

  @Test
  void an_event_is_in_the_box_as_soon_as_it_is_handed_out() {
    var subscription = world.subscribe(ann,
        "{'to': 'inbox', 'topic': 'phase.*', 'title': 'phase {{event.payload.n}} by {{event.source_agent}}', 'priority': 8}");
    var event = world.emit(bob, "phase.done", SubscriptionWorld.tree("{'n': 4}"));
    world.handOut();
    var message = world.bus.call(ann, "inbox", "{}").at("/items/0");
    assertThat(message.get("title").asText()).isEqualTo("phase 4 by bob");
    assertThat(message.get("priority").asInt()).isEqualTo(8);
    assertThat(message.at("/payload/event")).isEqualTo(world.bus.call(ann, "get_event", "{\"event_id\": " + event.get("id") + "}"));
    assertThat(world.deliveries(ann, subscription)).singleElement().satisfies(delivery -> {
      assertThat(delivery.get("status").asText()).isEqualTo("delivered");
      assertThat(delivery.at("/result/message_id")).isEqualTo(message.get("id"));
    });
  }

  @Test
  void a_job_is_made_of_each_event_by_the_template_and_for_the_owner() {
    var subscription = world.subscribe(ann, "{'to': 'job', 'topic': 'review.wanted', 'job': {'target_agent': 'bob', 'priority': 7,"
        + " 'subject': 'review {{event.payload.branch}}', 'payload': {'branch': '{{event.payload.branch}}',"
        + " 'lines': '{{event.payload.lines}}', 'why': 'asked by {{event.source_agent}}'}}}");
    var event = world.emit(bob, "review.wanted", SubscriptionWorld.tree("{'branch': 'main', 'lines': [1, 2]}"));
    world.until(() -> world.truth.holds("SELECT count(*) = 1 FROM deliveries WHERE subscription_id = ? AND status = 'delivered'", subscription));
    var job = world.bus.call(ann, "get_job", "{\"job_id\": " + world.deliveries(ann, subscription).getFirst().at("/result/job_id") + "}");
    assertThat(job.get("subject").asText()).isEqualTo("review main");
    assertThat(job.get("payload")).isEqualTo(SubscriptionWorld.tree("{'branch': 'main', 'lines': [1, 2], 'why': 'asked by bob'}"));
    assertThat(job.get("source_agent").asText()).isEqualTo("subscription:" + subscription);
    assertThat(job.get("dedupe_key")).isEqualTo(event.get("id"));
    assertThat(job.get("priority").asInt()).isEqualTo(7);
  }

  @Test
  void a_template_that_cannot_be_filled_is_a_dead_letter_that_says_why() {
    var subscription = world.subscribe(ann, "{'to': 'job', 'topic': 'review.wanted', 'job': {'subject': 'review {{event.payload.branch}}'}}");
    var event = world.emit(bob, "review.wanted");
    world.until(() -> world.get(ann, subscription).get("dead").asInt() == 1);
    assertThat(world.deliveries(ann, subscription).getFirst().get("last_error").asText()).contains("branch");
    assertThat(world.truth.count("SELECT count(*) FROM events WHERE topic = 'delivery.dead' AND payload->>'event_id' = ?", event.get("id").asText()))
        .isEqualTo(1);
    assertThat(world.bus.code(ann, "subscribe", "{\"to\": \"job\", \"job\": {\"subject\": \"{{event.nonsense}}\"}}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void a_subscription_does_not_hear_of_its_own_jobs_and_a_chain_ends() {
    var own = world.subscribe(ann, "{'to': 'job', 'topic': 'job.queued', 'namespace': '" + home + "', 'job': {'subject': 'look', 'target_agent': 'bob'}}");
    world.bus.call(bob, "enqueue_job", "{\"subject\": \"s\"}");
    world.until(() -> world.truth.holds("SELECT count(*) = 1 FROM deliveries WHERE subscription_id = ? AND status = 'delivered'", own));
    world.round(world.drainer);
    assertThat(world.deliveries(ann, own)).hasSize(1);
    world.subscribe(bob, "{'to': 'job', 'topic': 'job.queued', 'namespace': '" + home + "', 'job': {'subject': 'look back', 'target_agent': 'ann'}}");
    world.bus.call(bob, "enqueue_job", "{\"subject\": \"again\"}");
    world.until(() -> world.truth.holds("SELECT count(*) > 0 FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id"
        + " WHERE s.owner LIKE ? AND d.status = 'dead' AND d.last_error LIKE 'a chain%'", "agent:" + home + "/%"));
    world.until(() -> world.truth.holds("SELECT bool_and(d.status <> 'pending') FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id"
        + " WHERE s.owner LIKE ?", "agent:" + home + "/%"));
  }

  @Test
  void events_are_published_at_an_address_of_the_event_bus() {
    var heard = new CopyOnWriteArrayList<JsonNode>();
    try (var _ = world.bus.bus().messages().listen("subscriptions.reviews", message -> heard.add(BusCaller.tree(message.body())))) {
      world.subscribe(ann, "{'to': 'bus', 'topic': 'review.*', 'address': 'subscriptions.reviews'}");
      var event = world.emit(bob, "review.wanted");
      world.until(() -> heard.size() == 1);
      assertThat(heard.getFirst().get("id")).isEqualTo(event.get("id"));
    }
    assertThat(world.bus.code(ann, "subscribe", "{\"to\": \"bus\", \"address\": \"agentbus.op.enqueue_job\"}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void what_a_target_needs_must_be_there_and_nothing_else() {
    assertThat(world.bus.refused(ann, "subscribe", "{\"to\": \"inbox\", \"address\": \"subscriptions.x\"}").getMessage()).contains("/address");
    assertThat(world.bus.refused(ann, "subscribe", "{\"to\": \"job\"}").getMessage()).contains("/job");
    assertThat(world.bus.refused(ann, "subscribe", "{\"to\": \"sse\", \"filter\": \"event.topik == 1\"}").getMessage()).contains("/filter").contains("column");
    assertThat(world.bus.refused(TestBus.operator(), "subscribe", "{\"to\": \"inbox\"}").getMessage()).contains("/target_agent");
  }

  @Test
  void keys_that_are_too_long_stay_apart() {
    var subscription = world.subscribe(ann, "{'to': 'job', 'topic': 'review.wanted', 'job': {'subject': '{{event.payload.key}}', 'target_agent': 'bob',"
        + " 'dedupe_key': '{{event.payload.key}}', 'flow_key': '{{event.payload.key}}'}}");
    for (var key : List.of("k".repeat(600) + "1", "k".repeat(600) + "2", "\uD83D\uDE00".repeat(300))) {
      world.emit(bob, "review.wanted", JsonNodeFactory.instance.objectNode().put("key", key));
    }
    world.until(() -> world.truth.holds("SELECT count(*) = 3 FROM deliveries WHERE subscription_id = ? AND status <> 'pending'", subscription));
    assertThat(world.truth.all("SELECT coalesce(last_error, result->>'duplicate') FROM deliveries WHERE subscription_id = ?", subscription))
        .containsExactly("false", "false", "false");
  }
}
