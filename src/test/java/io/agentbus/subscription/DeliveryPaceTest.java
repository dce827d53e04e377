package io.agentbus.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Deliveries go side by side, by whichever node lives: no target holds up another, and none is told more at once than it may be. */
@Timeout(60)
class DeliveryPaceTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final Outcome BROKEN = new Outcome.Failed(new Tried(500, null, "HTTP 500", "oops"), null);
  private static SubscriptionWorld world;
  private static int count;
  private final CountDownLatch hang = new CountDownLatch(1);
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

  @AfterEach
  void letGo() {
    hang.countDown();
  }

  private Outcome hang() {
    try {
      hang.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Endpoint.TAKEN;
  }

  private List<UUID> emitted(int many) {
    return IntStream.range(0, many).mapToObj(i -> world.emitted(ann, "phase.done")).toList();
  }

  private JsonNode only(UUID subscription) {
    var deliveries = world.deliveries(ann, subscription);
    assertThat(deliveries).hasSize(1);
    return deliveries.getFirst();
  }

  @Test
  void an_ordered_subscription_goes_on_only_when_the_first_is_delivered() {
    var refusals = new AtomicInteger(2);
    var subscription = world.webhook(ann, "phase.*", ", 'ordered': true");
    world.endpoint.answer = delivery -> delivery.subscriptionId().equals(subscription) && refusals.getAndDecrement() > 0
        ? new Outcome.Postponed("not now", Duration.ZERO) : Endpoint.TAKEN;
    var events = emitted(5);
    world.handOut();
    var last = world.deliveries(ann, subscription).getLast();
    assertThat(last.get("waits_for").asText()).contains("comes first");
    world.until(() -> world.get(ann, subscription).get("pending").asInt() == 0);
    var sent = world.endpoint.events(subscription);
    assertThat(sent.subList(0, 3)).containsOnly(events.getFirst());
    assertThat(sent.subList(2, 7)).isEqualTo(events);
  }

  @Test
  void a_hanging_endpoint_holds_up_no_other_and_has_no_more_under_way_than_it_may() {
    var slow = world.webhook(ann, "phase.*", ", 'concurrency': 2");
    var quick = world.webhook(ann, "phase.*", "");
    world.endpoint.answer = delivery -> delivery.subscriptionId().equals(slow) ? hang() : Endpoint.TAKEN;
    var other = world.drainer("other");
    var events = emitted(20);
    world.until(List.of(world.drainer, other), () -> world.endpoint.events(quick).size() == 20);
    assertThat(world.endpoint.events(slow)).hasSize(2);
    assertThat(world.truth.count("SELECT count(*) FROM deliveries WHERE subscription_id = ? AND lease IS NOT NULL", slow)).isEqualTo(2);
    hang.countDown();
    world.until(List.of(world.drainer, other), () -> world.get(ann, slow).get("pending").asInt() == 0);
    assertThat(new HashSet<>(world.endpoint.events(slow))).isEqualTo(new HashSet<>(events));
  }

  /** A subscription whose endpoint has answered quickly. */
  private UUID quick(Caller owner) {
    var quick = world.webhook(owner, "phase.*", "");
    emitted(1);
    world.until(() -> world.endpoint.events(quick).size() == 1 && world.truth.holds("SELECT quick FROM subscriptions WHERE id = ?", quick));
    return quick;
  }

  private void unsubscribe(Caller owner, Set<UUID> subscriptions) {
    subscriptions.forEach(one -> world.bus.call(owner, "unsubscribe", "{\"subscription_id\": \"" + one + "\"}"));
    hang.countDown();
  }

  @Test
  void however_many_endpoints_of_an_owner_are_slow_its_quick_ones_and_all_others_are_served() {
    var own = quick(ann);
    var slow = new HashSet<UUID>();
    for (var i = 0; i < 40; i++) {
      slow.add(world.webhook(ann, "phase.*", ""));
    }
    world.endpoint.answer = delivery -> slow.contains(delivery.subscriptionId()) ? hang() : Endpoint.TAKEN;
    emitted(8);
    var most = Lane.UNPROVEN.share(SubscriptionWorld.CONFIG.inFlightMax());
    world.until(() -> world.truth.count("SELECT count(*) FROM deliveries WHERE lease IS NOT NULL") == most && world.endpoint.events(own).size() == 9);
    var another = world.webhook(world.bus.agent(home, "bob", 0), "phase.*", "");
    emitted(20);
    world.until(() -> world.endpoint.events(another).size() == 20 && world.endpoint.events(own).size() == 29);
    await().until(() -> world.truth.holds("SELECT count(*) <= ? FROM deliveries WHERE lease IS NOT NULL", most));
    assertThat(world.endpoint.sent.stream().filter(sent -> slow.contains(sent.subscriptionId()))).as("under way and unanswered").hasSize(most);
    unsubscribe(ann, slow);
  }

  @Test
  void however_many_owners_have_slow_endpoints_the_quick_ones_and_targets_within_the_bus_are_served() {
    var own = quick(ann);
    var slow = new HashSet<UUID>();
    for (var i = 0; i < 12; i++) {
      var owner = world.bus.agent(home, "slow" + i, 0);
      for (var n = 0; n < 4; n++) {
        slow.add(world.webhook(owner, "phase.*", ""));
      }
    }
    world.endpoint.answer = delivery -> slow.contains(delivery.subscriptionId()) ? hang() : Endpoint.TAKEN;
    emitted(8);
    var most = Lane.UNPROVEN.most(SubscriptionWorld.CONFIG.inFlightMax());
    world.until(() -> world.endpoint.sent.stream().filter(sent -> slow.contains(sent.subscriptionId())).count() > most * 3 / 4);
    world.subscribe(ann, "{'to': 'bus', 'address': 'subscriptions.pace', 'topic': 'phase.*'}");
    emitted(10);
    world.until(() -> world.endpoint.events(own).size() == 19
        && world.truth.holds("SELECT count(*) = 10 FROM deliveries d JOIN subscriptions s ON s.id = d.subscription_id "
            + "WHERE s.target = 'bus' AND d.status = 'delivered'"));
    assertThat(world.endpoint.sent.stream().filter(sent -> slow.contains(sent.subscriptionId()))).as("under way and unanswered").hasSizeLessThanOrEqualTo(most);
    unsubscribe(TestBus.operator(), slow);
  }

  @Test
  void a_delivery_that_kills_its_nodes_ends_as_a_dead_letter() {
    var subscription = world.webhook(ann, "phase.*", "");
    world.endpoint.answer = delivery -> hang();
    emitted(1);
    for (var node = 1; node <= 3; node++) {
      var wanted = node;
      var doomed = world.drainer("doomed" + node);
      world.until(List.of(doomed), () -> world.endpoint.events(subscription).size() == wanted);
      world.truth.update("UPDATE deliveries SET due_at = now() WHERE subscription_id = ?", subscription);
    }
    world.until(() -> only(subscription).get("status").asText().equals("dead"));
    assertThat(world.endpoint.events(subscription)).hasSize(3);
    assertThat(only(subscription).get("last_error").asText()).contains("begun and not ended");
    assertThat(only(subscription).get("attempts").findValuesAsText("outcome")).containsExactly("lost", "lost", "lost", "dead");
  }

  @Test
  void what_waits_for_a_pause_a_box_or_the_first_in_line_is_not_due() {
    var ordered = world.webhook(ann, "phase.*", ", 'ordered': true");
    var busy = world.webhook(ann, "step.*", ", 'concurrency': 1");
    world.endpoint.answer = delivery -> delivery.subscriptionId().equals(ordered) ? new Outcome.Postponed("not now", Duration.ofMinutes(5))
        : delivery.subscriptionId().equals(busy) ? hang() : Endpoint.TAKEN;
    emitted(3);
    world.until(() -> world.endpoint.events(ordered).size() == 1 && world.truth.holds("SELECT count(*) = 0 FROM deliveries WHERE lease IS NOT NULL"));
    world.emitted(ann, "step.done");
    world.emitted(ann, "step.done");
    world.until(() -> world.endpoint.events(busy).size() == 1);
    var box = world.bus.agent(home, "box", 0);
    var boxed = world.subscribe(box, "{'to': 'inbox', 'topic': 'note.*'}");
    for (var i = 0; i < 43; i++) {
      world.emitted(ann, "note.taken");
    }
    world.round(world.drainer);
    assertThat(world.get(box, boxed).get("pending").asInt()).isEqualTo(3);
    assertThat(world.bus.await(world.drainer::deliver)).as("nothing until the next look").isEqualTo(SubscriptionWorld.CONFIG.poll());

    world.bus.call(box, "inbox", "{\"limit\": 3}").get("items")
        .forEach(message -> world.bus.call(box, "ack_message", "{\"message_id\": " + message.get("id") + "}"));
    world.until(() -> world.get(box, boxed).get("pending").asInt() == 0);
  }

  @Test
  void a_paused_namespace_holds_what_goes_to_its_boxes() {
    world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
    world.bus.call(TestBus.operator(), "pause_namespace", "{\"namespace\": \"" + home + "\", \"reason\": \"r\"}");
    var events = emitted(2);
    world.round(world.drainer);
    assertThat(world.box(ann)).isEmpty();
    world.bus.call(TestBus.operator(), "resume_namespace", "{\"namespace\": \"" + home + "\"}");
    world.until(() -> world.box(ann).size() == 2);
    assertThat(world.box(ann)).containsExactlyInAnyOrderElementsOf(events);
  }

  @Test
  void what_a_dead_node_had_in_its_hands_is_taken_by_another_and_its_late_word_changes_nothing() {
    var subscription = world.webhook(ann, "phase.*", "");
    var first = new AtomicInteger();
    world.endpoint.answer = delivery -> {
      if (first.getAndIncrement() == 0) {
        hang();
        return BROKEN;
      }
      return Endpoint.TAKEN;
    };
    emitted(1);
    world.until(() -> first.get() == 1);
    var other = world.drainer("other");
    world.round(other);
    assertThat(first.get()).isEqualTo(1);
    world.truth.update("UPDATE deliveries SET due_at = now() WHERE subscription_id = ?", subscription);
    world.until(List.of(other), () -> only(subscription).get("status").asText().equals("delivered"));
    hang.countDown();
    await().until(() -> world.truth.holds("SELECT count(*) = 0 FROM deliveries WHERE lease IS NOT NULL"));
    assertThat(only(subscription).get("status").asText()).isEqualTo("delivered");
    assertThat(world.endpoint.sent.stream().filter(sent -> sent.subscriptionId().equals(subscription)).map(Delivery::id).distinct()).hasSize(1);
  }

  @Test
  void several_nodes_share_the_work_and_none_tells_twice() {
    var nodes = List.of(world.drainer, world.drainer("two"), world.drainer("three"));
    var subscription = world.webhook(ann, "phase.*", ", 'concurrency': 50");
    var events = new ArrayList<UUID>();
    for (var round = 0; round < 5; round++) {
      events.addAll(emitted(10));
      nodes.parallelStream().forEach(world::round);
    }
    world.until(nodes, () -> world.get(ann, subscription).get("pending").asInt() == 0 && world.endpoint.events(subscription).size() >= 50);
    assertThat(world.endpoint.events(subscription)).containsExactlyInAnyOrderElementsOf(events);
  }

  @Test
  void deliveries_of_a_paused_namespace_wait_and_count_nothing() {
    var subscription = world.webhook(ann, "phase.*", "");
    world.bus.call(TestBus.operator(), "pause_namespace", "{\"namespace\": \"" + home + "\", \"reason\": \"r\"}");
    emitted(1);
    world.round(world.drainer);
    assertThat(world.endpoint.events(subscription)).isEmpty();
    assertThat(only(subscription).get("tries").asInt()).isZero();
    world.bus.call(TestBus.operator(), "resume_namespace", "{\"namespace\": \"" + home + "\"}");
    world.until(() -> world.endpoint.events(subscription).size() == 1);
  }

  @Test
  void nothing_new_begins_once_it_is_to_stop_and_what_is_under_way_ends() {
    var node = world.drainer("leaving");
    var subscription = world.webhook(ann, "phase.*", "");
    world.endpoint.answer = delivery -> hang();
    emitted(1);
    world.until(List.of(node), () -> world.endpoint.events(subscription).size() == 1);
    var stopped = node.stop();
    assertThat(stopped.isComplete()).isFalse();
    emitted(1);
    world.handOut(node);
    world.bus.await(node::deliver);
    assertThat(world.endpoint.events(subscription)).hasSize(1);
    hang.countDown();
    await().until(stopped::isComplete);
    assertThat(world.truth.count("SELECT count(*) FROM deliveries WHERE subscription_id = ? AND status = 'delivered'", subscription)).isEqualTo(1);
  }
}
