package io.agentbus.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.id.Ids;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.EventFeed;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Who subscribed is told of all that is committed from where it begins, once, whatever holds it up. */
@Timeout(60)
class SubscriptionPlacesTest {
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

  private List<UUID> emitted(int many, String topic) {
    return IntStream.range(0, many).mapToObj(i -> world.emitted(bob, topic)).toList();
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
  void a_stream_goes_on_where_its_client_was() {
    var subscription = world.subscribe(ann, "{'to': 'sse', 'topic': 'phase.*', 'filter': 'has(event.payload.n)'}");
    var streams = world.bus.bus().subscriptions().streams();
    for (var n = 0; n < 5; n++) {
      world.emit(bob, "phase.done", SubscriptionWorld.tree("{'n': " + n + "}"));
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
  void transactions_that_ended_late_do_not_hide_what_was_stated_before_them() {
    var events = emitted(20, "phase.done");
    world.handOut();
    var from = world.truth.one("SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"') FROM event_facts WHERE id = ?",
        events.get(5));
    for (var late : events.subList(6, 20)) {
      world.truth.update("UPDATE journal SET at = at - interval '1 hour' WHERE id = (SELECT journal_id FROM event_facts WHERE id = ?)", late);
    }
    world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*', 'namespace': '" + home + "', 'from_time': '" + from + "'}");
    world.until(() -> world.box(ann).size() >= 15);
    assertThat(world.box(ann)).containsExactlyInAnyOrderElementsOf(events.subList(5, 20));
  }

  @Test
  void a_stream_that_names_a_place_ahead_of_the_events_begins_with_the_next() {
    var subscription = world.subscribe(ann, "{'to': 'sse', 'topic': 'phase.*'}");
    world.emitted(bob, "phase.done");
    world.handOut();
    var following = world.bus.await(() -> world.bus.bus().subscriptions().streams().follow(ann, subscription, Long.MAX_VALUE));
    world.emitted(bob, "phase.done");
    world.handOut();
    assertThat(world.bus.<Integer>await(() -> following.after(ann, following.position(), 100).items().size())).isEqualTo(1);
  }

  @Test
  void the_shared_place_never_lies_ahead_of_the_events() {
    world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
    world.emitted(bob, "phase.done");
    world.handOut();
    world.bus.await(() -> world.bus.bus().database().inTransaction(tx -> {
      SubscriptionStore.advance(tx, Long.MAX_VALUE);
      return true;
    }));
    assertThat(world.truth.holds("SELECT position = (SELECT max(position + n - 1) FROM journal_positions) FROM event_fan_out")).isTrue();
  }

  @Test
  void who_stands_before_events_that_were_removed_goes_on_behind_them_and_is_not_looked_at_again_and_again() {
    var subscription = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
    world.subscribe(bob, "{'to': 'inbox', 'topic': 'phase.*'}");
    emitted(5, "phase.done");
    world.handOut();
    world.until(() -> world.truth.holds("SELECT bool_and(live) FROM subscriptions WHERE status = 'active' AND target <> 'sse'"));
    // The shared place itself has not reached what is still kept.
    world.truth.update("UPDATE subscriptions SET live = false, position = 2 WHERE id = ?", subscription);
    world.truth.update("DELETE FROM journal_positions WHERE position < 10");
    world.truth.update("UPDATE event_fan_out SET position = 5, version = version + 1");
    var looks = world.bus.await(() -> {
      var many = 1;
      while (world.drainer.catchUp().isZero() && many < 10) {
        many++;
      }
      return many;
    });
    assertThat(looks).isLessThan(5);
    assertThat(world.get(ann, subscription).get("live").asBoolean()).isTrue();
    assertThat(world.get(ann, subscription).get("missed_before").asLong()).isEqualTo(world.truth.count("SELECT min(position) - 1 FROM journal_positions"));
    world.until(() -> world.truth.holds("SELECT position >= (SELECT max(position + n - 1) FROM journal_positions) FROM event_fan_out"));
  }
}
