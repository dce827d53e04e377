package io.agentbus.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.id.Ids;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.EventFeed;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.BusCaller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who subscribed is told of what it means and may see, once it is committed, and of all of it. */
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

  private static JsonNode tree(String json) {
    return SubscriptionStore.tree(json.replace('\'', '"'));
  }

  private JsonNode call(String operation, UUID subscription) {
    return world.bus.call(ann, operation, "{\"subscription_id\": \"" + subscription + "\"}");
  }

  private List<UUID> emitted(int many, String topic) {
    return IntStream.range(0, many).mapToObj(i -> world.emitted(bob, topic)).toList();
  }

  @Test
  void an_event_is_in_the_box_as_soon_as_it_is_handed_out() {
    var subscription = world.subscribe(ann,
        "{'to': 'inbox', 'topic': 'phase.*', 'title': 'phase {{event.payload.n}} by {{event.source_agent}}', 'priority': 8}");
    var event = world.emit(bob, "phase.done", tree("{'n': 4}"));
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
  void only_what_is_meant_is_told() {
    var deep = world.bus.agent(home + "/v1/p4", "deep", 0);
    world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'namespace': '" + home
        + "/v1/*', 'source_agent': 'deep', 'filter': 'event.payload.n > 3'}");
    world.emit(bob, "phase.done", tree("{'n': 4}"));
    world.emit(deep, "phase.done", tree("{'n': 3}"));
    world.emit(deep, "phase.done", tree("{'m': 4}"));
    world.emit(deep, "other.done", tree("{'n': 4}"));
    var meant = world.emit(deep, "phase.done", tree("{'n': 4}"));
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
  void an_event_that_commits_late_is_told_though_later_ones_were_told_before() {
    world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
    var early = new ArrayList<UUID>();
    var late = world.bus.await(() -> world.bus.bus().database().inTransaction(tx -> {
      var id = Ids.next();
      tx.run("event.emit", Tuple.tuple().addUUID(id).addInteger(world.bus.bus().directory().namespaceId(new NamespacePath(home)))
          .addString("phase.late").addString("bob").addUUID(null).addString(null).addString("{}").addString(bob.actor()));
      early.add(world.emitted(bob, "phase.early"));
      world.handOut();
      assertThat(world.box(ann)).isEqualTo(early);
      return id;
    }));
    world.handOut();
    assertThat(world.box(ann)).containsExactly(early.getFirst(), late);
  }

  @Test
  void nothing_is_lost_or_doubled_by_a_pause() {
    var subscription = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
    var events = new ArrayList<>(emitted(3, "phase.done"));
    world.handOut();
    var paused = world.bus.call(ann, "pause_subscription", "{\"subscription_id\": \"" + subscription + "\", \"reason\": \"holiday\"}");
    assertThat(paused.get("status").asText()).isEqualTo("paused");
    events.addAll(emitted(5, "phase.done"));
    world.round(world.drainer);
    assertThat(world.box(ann)).hasSize(3);
    assertThat(world.deliveries(ann, subscription)).as("what a paused subscription makes grow").hasSize(3);
    call("resume_subscription", subscription);
    events.addAll(emitted(2, "phase.done"));
    world.until(() -> world.get(ann, subscription).get("live").asBoolean() && world.box(ann).size() >= 10);
    events.addAll(emitted(2, "phase.done"));
    world.handOut();
    assertThat(world.box(ann)).containsExactlyInAnyOrderElementsOf(events);
  }

  @Test
  void a_subscription_can_begin_in_the_past_and_then_joins_the_others() {
    var events = new ArrayList<>(emitted(60, "phase.done"));
    world.handOut();
    var after = world.bus.call(ann, "get_event", "{\"event_id\": \"" + events.get(39) + "\"}").get("position").asLong();
    var byPosition = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'after_position': " + after + "}");
    var byEvent = world.webhook(ann, "phase.*", ", 'after_event_id': '" + events.get(49) + "'");
    world.until(() -> world.get(ann, byPosition).get("live").asBoolean() && world.get(ann, byEvent).get("live").asBoolean()
        && world.endpoint.events(byEvent).size() == 10 && world.box(ann).size() == 20);
    events.addAll(emitted(2, "phase.done"));
    world.until(() -> world.endpoint.events(byEvent).size() == 12);
    assertThat(world.box(ann)).containsExactlyInAnyOrderElementsOf(events.subList(40, 62));
    assertThat(world.endpoint.events(byEvent)).containsExactlyInAnyOrderElementsOf(events.subList(50, 62));
  }

  @Test
  void nobody_can_begin_ahead_of_the_events_and_take_the_others_with_them() {
    var newest = world.truth.one("SELECT coalesce(max(position + n - 1), 0)::text FROM journal_positions");
    assertThat(world.bus.refused(ann, "subscribe", "{\"to\": \"inbox\", \"after_position\": 9000000000000000000}").getMessage())
        .contains("/after_position").contains("ahead");
    world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'after_position': " + newest + "}");
    world.until(() -> world.truth.one("SELECT bool_and(live)::text FROM subscriptions WHERE status = 'active' AND target <> 'sse'").equals("true"));
    var events = emitted(2, "phase.done");
    world.until(() -> world.box(ann).size() >= 2);
    assertThat(world.box(ann)).containsExactlyInAnyOrderElementsOf(events);
  }

  @Test
  void a_time_to_begin_at_means_the_events_stated_since() {
    var events = emitted(3, "phase.done");
    world.handOut();
    world.truth.update("UPDATE event_facts SET created_at = created_at - interval '1 hour' WHERE id = ?", events.getFirst());
    var from = world.truth.one("SELECT to_char(min(created_at) AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM event_facts WHERE id IN (?, ?)",
        events.get(1), events.get(2));
    world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'namespace': '" + home + "', 'from_time': '" + from + "'}");
    world.until(() -> world.box(ann).size() >= 2);
    assertThat(world.box(ann)).containsExactlyInAnyOrderElementsOf(events.subList(1, 3));
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
  void a_full_box_makes_deliveries_wait_without_counting_and_they_go_on_when_there_is_room() {
    var subscription = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
    var events = emitted(43, "phase.done");
    world.handOut();
    assertThat(world.box(ann)).hasSize(40);
    var waiting = world.deliveries(ann, subscription).stream().filter(delivery -> delivery.get("status").asText().equals("pending")).toList();
    assertThat(waiting).hasSize(3).allSatisfy(delivery -> {
      assertThat(delivery.get("tries").asInt()).isZero();
      assertThat(delivery.get("waits_for").asText()).contains("is full");
    });
    world.bus.call(ann, "inbox", "{\"limit\": 3}").get("items")
        .forEach(message -> world.bus.call(ann, "ack_message", "{\"message_id\": " + message.get("id") + "}"));
    world.truth.update("UPDATE deliveries SET due_at = now() WHERE subscription_id = ? AND status = 'pending'", subscription);
    world.until(() -> world.get(ann, subscription).get("pending").asInt() == 0);
    assertThat(world.box(ann)).containsExactlyInAnyOrderElementsOf(events.subList(3, 43));
  }

  @Test
  void a_backlog_is_bounded_and_worked_off_without_a_loss() {
    world.endpoint.answer = delivery -> new Outcome.Postponed("not now", Duration.ofMinutes(5));
    var subscription = world.webhook(ann, "phase.*", "");
    var events = emitted(150, "phase.done");
    world.round(world.drainer);
    assertThat(world.get(ann, subscription).get("live").asBoolean()).isFalse();
    assertThat(world.get(ann, subscription).get("pending").asInt()).isBetween(20, 120);
    world.endpoint.answer = delivery -> Endpoint.TAKEN;
    world.until(() -> {
      world.truth.update("UPDATE deliveries SET due_at = now() WHERE subscription_id = ? AND status = 'pending' AND lease IS NULL", subscription);
      return world.get(ann, subscription).get("live").asBoolean() && world.get(ann, subscription).get("pending").asInt() == 0;
    });
    assertThat(Set.copyOf(world.endpoint.events(subscription))).isEqualTo(Set.copyOf(events));
  }

  @Test
  void a_job_is_made_of_each_event_by_the_template_and_for_the_owner() {
    var subscription = world.subscribe(ann, "{'to': 'job', 'topic': 'review.wanted', 'job': {'target_agent': 'bob', 'priority': 7,"
        + " 'subject': 'review {{event.payload.branch}}', 'payload': {'branch': '{{event.payload.branch}}',"
        + " 'lines': '{{event.payload.lines}}', 'why': 'asked by {{event.source_agent}}'}}}");
    var event = world.emit(bob, "review.wanted", tree("{'branch': 'main', 'lines': [1, 2]}"));
    world.until(() -> world.truth.holds("SELECT count(*) = 1 FROM deliveries WHERE subscription_id = ? AND status = 'delivered'", subscription));
    var job = world.bus.call(ann, "get_job", "{\"job_id\": " + world.deliveries(ann, subscription).getFirst().at("/result/job_id") + "}");
    assertThat(job.get("subject").asText()).isEqualTo("review main");
    assertThat(job.get("payload")).isEqualTo(tree("{'branch': 'main', 'lines': [1, 2], 'why': 'asked by bob'}"));
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
  void a_stream_goes_on_where_its_client_was() {
    var subscription = world.subscribe(ann, "{'to': 'sse', 'topic': 'phase.*', 'filter': 'has(event.payload.n)'}");
    var streams = world.bus.bus().subscriptions().streams();
    for (var n = 0; n < 5; n++) {
      world.emit(bob, "phase.done", tree("{'n': " + n + "}"));
      world.emit(bob, "phase.done");
    }
    world.handOut();
    var positions = world.bus.await(() -> {
      var first = streams.follow(ann, subscription, null);
      var seen = first.after(ann, first.position(), 100).items().stream().map(EventFeed.Item::position).toList();
      first.seen(seen.get(2));
      return seen;
    });
    assertThat(positions).hasSize(5).isSorted();
    assertThat(world.bus.<Integer>await(() -> {
      var again = streams.follow(ann, subscription, null);
      return again.after(ann, again.position(), 100).items().size();
    })).isEqualTo(2);
    assertThat(world.bus.<Integer>await(() -> {
      var again = streams.follow(ann, subscription, positions.get(3));
      return again.after(ann, again.position(), 100).items().size();
    })).isEqualTo(1);
    assertThat(world.deliveries(ann, subscription)).isEmpty();
    assertThatThrownBy(() -> world.bus.await(() -> streams.follow(bob, subscription, null))).hasMessageContaining("There is no subscription");
    call("pause_subscription", subscription);
    assertThatThrownBy(() -> world.bus.await(() -> streams.follow(ann, subscription, null))).hasMessageContaining("paused");
  }

  @Test
  void what_a_subscription_would_make_of_an_event_can_be_asked() {
    var subscription = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'filter': 'event.payload.n > 3', 'title': 'n {{event.payload.n}}'}");
    var test = "{\"subscription_id\": \"" + subscription + "\", \"event_id\": ";
    var yes = world.bus.call(ann, "test_subscription", test + world.emit(bob, "phase.done", tree("{'n': 4}")).get("id") + "}");
    assertThat(yes.get("matches").asBoolean()).isTrue();
    assertThat(yes.at("/sends/title").asText()).isEqualTo("n 4");
    var no = world.bus.call(ann, "test_subscription", test + world.emit(bob, "phase.done", tree("{'m': 4}")).get("id") + "}");
    assertThat(no.get("matches").asBoolean()).isFalse();
    assertThat(no.get("reason").asText()).contains("cannot be evaluated").contains("n");
    var other = world.bus.call(ann, "test_subscription", test + world.emit(bob, "other.done").get("id") + "}");
    assertThat(other.get("reason").asText()).contains("other.done");
  }

  @Test
  void events_that_nobody_subscribed_to_are_not_read() {
    world.truth.all("SELECT id FROM subscriptions WHERE target <> 'webhook'").forEach(id ->
        world.bus.call(TestBus.operator(), "unsubscribe", "{\"subscription_id\": \"" + id + "\"}"));
    world.truth.update("DELETE FROM subscriptions");
    world.truth.update("UPDATE event_fan_out SET version = version + 1");
    world.round(world.drainer);
    var before = world.truth.one("SELECT position FROM event_fan_out");
    emitted(3, "phase.done");
    world.round(world.drainer);
    assertThat(world.truth.one("SELECT position FROM event_fan_out")).isEqualTo(before);
    world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
    var event = world.emitted(bob, "phase.done");
    world.handOut();
    assertThat(world.box(ann)).contains(event);
  }

  @Test
  void what_a_target_needs_must_be_there_and_nothing_else() {
    assertThat(world.bus.refused(ann, "subscribe", "{\"to\": \"inbox\", \"address\": \"subscriptions.x\"}").getMessage()).contains("/address");
    assertThat(world.bus.refused(ann, "subscribe", "{\"to\": \"job\"}").getMessage()).contains("/job");
    assertThat(world.bus.refused(ann, "subscribe", "{\"to\": \"sse\", \"filter\": \"event.topik == 1\"}").getMessage()).contains("/filter").contains("column");
    assertThat(world.bus.refused(TestBus.operator(), "subscribe", "{\"to\": \"inbox\"}").getMessage()).contains("/target_agent");
  }
}
