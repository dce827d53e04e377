package io.agentbus.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A delivery is tried until its target has it or the tries are used up, and can be told again. */
@Timeout(60)
class DeliveryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final Outcome BROKEN = new Outcome.Failed(new Tried(500, null, "HTTP 500", "oops"), null);
  private static SubscriptionWorld world;
  private static int count;
  private String home;
  private Caller ann;

  @BeforeAll
  static void open() {
    world = new SubscriptionWorld(DATABASE);
  }

  @AfterAll
  static void close() {
    world.close();
  }

  @BeforeEach
  void oneAgent() {
    home = "d" + ++count;
    ann = world.bus.agent(home, "ann", 0);
    world.endpoint.answer = delivery -> Endpoint.TAKEN;
  }

  private List<UUID> emitted(int many) {
    return IntStream.range(0, many).mapToObj(i -> world.emitted(ann, "phase.done")).toList();
  }

  private JsonNode only(UUID subscription) {
    var deliveries = world.deliveries(ann, subscription);
    assertThat(deliveries).hasSize(1);
    return deliveries.getFirst();
  }

  private JsonNode replay(UUID subscription, String more) {
    return world.bus.call(TestBus.operator(), "replay_deliveries", "{\"subscription_id\": \"" + subscription + "\"" + more.replace('\'', '"') + "}");
  }

  @Test
  void each_try_is_kept_with_what_was_answered_and_the_id_is_the_same() {
    var tries = new AtomicInteger();
    world.endpoint.answer = delivery -> tries.incrementAndGet() < 3 ? BROKEN : Endpoint.TAKEN;
    var subscription = world.webhook(ann, "phase.*", "");
    emitted(1);
    world.until(() -> tries.get() == 3 && world.get(ann, subscription).get("pending").asInt() == 0);
    var delivery = only(subscription);
    assertThat(delivery.get("status").asText()).isEqualTo("delivered");
    assertThat(delivery.get("attempts").findValuesAsText("outcome")).containsExactly("failed", "failed", "delivered");
    assertThat(delivery.at("/attempts/0/answer").asText()).isEqualTo("oops");
    assertThat(delivery.at("/attempts/0/status_code").asInt()).isEqualTo(500);
    assertThat(world.endpoint.sent.stream().filter(sent -> sent.subscriptionId().equals(subscription)).map(Delivery::id).distinct())
        .containsExactly(UUID.fromString(delivery.get("id").asText()));
  }

  @Test
  void when_the_tries_are_used_up_it_is_a_dead_letter_that_can_be_looked_at_and_replayed() {
    world.endpoint.answer = delivery -> BROKEN;
    var subscription = world.webhook(ann, "phase.*", "");
    var event = emitted(1).getFirst();
    world.until(() -> world.get(ann, subscription).get("dead").asInt() == 1);
    var dead = only(subscription);
    assertThat(dead.get("tries").asInt()).isEqualTo(3);
    assertThat(dead.get("last_error").asText()).isEqualTo("HTTP 500");
    world.endpoint.answer = delivery -> Endpoint.TAKEN;
    var preview = replay(subscription, ", 'dry_run': true");
    assertThat(preview.get("count").asInt()).isEqualTo(1);
    assertThat(preview.at("/sample/0/event_id").asText()).isEqualTo(event.toString());
    assertThat(preview.at("/sample/0/delivery_id")).isEqualTo(dead.get("id"));
    assertThat(only(subscription).get("status").asText()).isEqualTo("dead");
    assertThat(replay(subscription, "").get("count").asInt()).isEqualTo(1);
    world.until(() -> only(subscription).get("status").asText().equals("delivered"));
    assertThat(only(subscription).get("id")).isEqualTo(dead.get("id"));
    assertThat(only(subscription).get("replays").asInt()).isEqualTo(1);
    assertThat(replay(subscription, "").get("count").asInt()).isZero();
  }

  @Test
  void a_range_is_told_again_whether_it_was_delivered_or_never_was() {
    var events = emitted(6);
    world.handOut();
    var subscription = world.webhook(ann, "phase.*", "");
    var range = ", 'after_event_id': '" + events.get(1) + "', 'to_event_id': '" + events.get(4) + "'";
    assertThat(replay(subscription, range + ", 'dry_run': true").get("count").asInt()).isEqualTo(3);
    for (var round = 1; round <= 2; round++) {
      replay(subscription, range);
      var wanted = 3 * round;
      world.until(() -> world.endpoint.events(subscription).size() == wanted && world.get(ann, subscription).get("pending").asInt() == 0);
    }
    assertThat(new HashSet<>(world.endpoint.events(subscription))).isEqualTo(new HashSet<>(events.subList(2, 5)));
    assertThat(world.deliveries(ann, subscription)).hasSize(3);
  }

  @Test
  void a_target_that_wants_nothing_more_disables_the_subscription_and_what_waits_is_kept() {
    world.endpoint.answer = delivery -> new Outcome.Disabled(new Tried(410, null, "HTTP 410", null), "the endpoint is gone (410)");
    var subscription = world.webhook(ann, "phase.*", "");
    var events = new ArrayList<>(emitted(1));
    world.until(() -> world.get(ann, subscription).get("status").asText().equals("disabled"));
    events.addAll(emitted(2));
    world.round(world.drainer);
    assertThat(world.get(ann, subscription).get("reason").asText()).contains("410");
    assertThat(only(subscription).get("waits_for").asText()).contains("disabled").contains("resume_subscription");
    assertThat(world.truth.count("SELECT count(*) FROM events WHERE topic = 'subscription.disabled' AND payload->>'subscription_id' = ?",
        subscription.toString())).isEqualTo(1);
    world.endpoint.answer = delivery -> Endpoint.TAKEN;
    var sent = world.endpoint.events(subscription).size();
    world.bus.call(ann, "resume_subscription", "{\"subscription_id\": \"" + subscription + "\"}");
    world.until(() -> world.endpoint.events(subscription).size() == sent + 3 && world.get(ann, subscription).get("pending").asInt() == 0);
    assertThat(new HashSet<>(world.endpoint.events(subscription))).isEqualTo(new HashSet<>(events));
  }

  @Test
  void what_was_delivered_long_ago_is_cleared_away_and_dead_letters_are_not() {
    var subscription = world.webhook(ann, "phase.*", "");
    emitted(2);
    world.until(() -> world.get(ann, subscription).get("pending").asInt() == 0 && world.endpoint.events(subscription).size() == 2);
    world.truth.update("UPDATE deliveries SET status = 'dead', ended_at = now() - interval '3 days' WHERE id IN"
        + " (SELECT id FROM deliveries WHERE subscription_id = ? LIMIT 1)", subscription);
    world.truth.update("UPDATE deliveries SET ended_at = now() - interval '2 hours' WHERE subscription_id = ? AND status = 'delivered'", subscription);
    world.bus.await(() -> {
      world.drainer.sweep();
      return true;
    });
    assertThat(only(subscription).get("status").asText()).isEqualTo("dead");
  }

  @Test
  void what_may_come_next_in_a_replay_is_what_was_asked_for_first() {
    var subscription = world.webhook(ann, "phase.*", "");
    var event = emitted(1).getFirst();
    world.until(() -> world.endpoint.events(subscription).size() == 1 && world.get(ann, subscription).get("pending").asInt() == 0);
    world.truth.update("INSERT INTO deliveries (id, subscription_id, position, event_id, journal_id, status, ended_at)"
        + " SELECT gen_random_uuid(), ?, -n, gen_random_uuid(), (SELECT journal_id FROM event_facts WHERE id = ?), 'dead', now() FROM generate_series(0, 1000) n",
        subscription, event);
    var first = replay(subscription, ", 'dry_run': true, 'to_time': '" + Instant.now().plusSeconds(60) + "', 'dead_only': true");
    assertThat(first.get("next").isNull()).isFalse();
    var second = replay(subscription, ", 'dry_run': true, 'cursor': " + first.get("next"));
    assertThat(second.at("/sample/0/event_id").asText()).isEqualTo(event.toString());
    assertThat(second.get("count").asInt()).as("the last dead letter, and not all that was ever told").isEqualTo(1);
    assertThat(second.get("next").isNull()).isTrue();
    var past = replay(subscription, ", 'dry_run': true, 'to_time': '" + Instant.now().minusSeconds(3600) + "', 'dead_only': true");
    assertThat(replay(subscription, ", 'dry_run': true, 'cursor': " + past.get("next")).get("count").asInt()).isZero();
    assertThat(world.bus.refused(TestBus.operator(), "replay_deliveries", "{\"subscription_id\": \"" + subscription
        + "\", \"dead_only\": false, \"cursor\": " + first.get("next") + "}").getMessage()).contains("/cursor");
    assertThat(replay(subscription, ", 'after_position': 9223372036854775807").get("count").asInt()).isZero();
    world.truth.update("DELETE FROM deliveries WHERE subscription_id = ? AND status = 'dead'", subscription);
  }

  @Test
  void a_replay_tells_nothing_before_its_time_that_would_be_told_again() {
    var subscription = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
    var place = world.get(ann, subscription).get("position").asLong();
    var events = emitted(3);
    world.bus.await(() -> world.bus.bus().sequencer().run());
    assertThat(replay(subscription, ", 'after_position': " + place).get("count").asInt()).isZero();
    world.handOut();
    world.until(() -> world.get(ann, subscription).get("pending").asInt() == 0);
    assertThat(world.box(ann)).isEqualTo(events);
  }

  @Test
  void deliveries_of_all_of_ones_subscriptions_are_listed_newest_first_page_by_page() {
    var one = world.webhook(ann, "phase.*", "");
    var two = world.webhook(ann, "phase.*", "");
    emitted(5);
    world.until(() -> world.get(ann, one).get("pending").asInt() + world.get(ann, two).get("pending").asInt() == 0
        && world.endpoint.events(two).size() == 5);
    world.truth.update("UPDATE deliveries SET status = 'dead' WHERE id IN (SELECT id FROM deliveries WHERE subscription_id = ? ORDER BY position LIMIT 2)", one);
    for (var filter : List.of("", ", \"status\": \"dead\"", ", \"status\": \"delivered\"", ", \"subscription_id\": \"" + one + "\"")) {
      var all = world.bus.call(ann, "list_deliveries", "{\"limit\": 500" + filter + "}").get("items").findValuesAsText("event_id");
      var paged = new ArrayList<String>();
      JsonNode page;
      var cursor = "";
      do {
        page = world.bus.call(ann, "list_deliveries", "{\"limit\": 3" + filter + cursor + "}");
        paged.addAll(page.get("items").findValuesAsText("event_id"));
        cursor = ", \"cursor\": " + page.get("next");
      } while (!page.get("next").isNull());
      assertThat(paged).as(filter).isEqualTo(all).hasSize(filter.isEmpty() ? 10 : filter.contains("dead") ? 2 : filter.contains("delivered") ? 8 : 5);
    }
  }

  @Test
  void dead_letters_that_are_too_old_or_too_many_are_removed_and_the_bus_says_so() {
    var subscription = world.webhook(ann, "phase.*", "");
    var event = emitted(1).getFirst();
    world.until(() -> world.endpoint.events(subscription).size() == 1 && world.get(ann, subscription).get("pending").asInt() == 0);
    world.truth.update("INSERT INTO deliveries (id, subscription_id, position, event_id, journal_id, status, ended_at)"
        + " SELECT gen_random_uuid(), ?, -n, gen_random_uuid(), (SELECT journal_id FROM event_facts WHERE id = ?), 'dead',"
        + " CASE WHEN n < 3 THEN now() - interval '40 days' ELSE now() END FROM generate_series(1, 30) n", subscription, event);
    world.bus.await(() -> {
      world.drainer.sweep();
      return true;
    });
    assertThat(world.truth.all("SELECT position FROM deliveries WHERE subscription_id = ? AND status = 'dead' ORDER BY position DESC", subscription))
        .as("the newest events of those that are kept").hasSizeBetween(18, 20).startsWith("-3");
    assertThat(world.truth.one("SELECT sum((payload->>'count')::int) FROM events WHERE topic = 'delivery.removed' AND payload->>'subscription_id' = ?",
        subscription.toString())).isIn("10", "12");
    world.truth.update("DELETE FROM deliveries WHERE subscription_id = ? AND status = 'dead'", subscription);
  }
}
