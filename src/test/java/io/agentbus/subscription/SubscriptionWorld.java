package io.agentbus.subscription;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.app.BusSettings;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.op.Limits;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.BooleanSupplier;

/** A bus whose events are handed out when a test says so. Boxes hold 40 messages, and of a subscription about 20 deliveries wait. */
final class SubscriptionWorld implements AutoCloseable {
  static final InboxDrainerConfig CONFIG = new InboxDrainerConfig(Duration.ofSeconds(1), Duration.ZERO, 100, 20, 64, Duration.ofSeconds(90),
      List.of(Duration.ZERO, Duration.ZERO), List.of(Duration.ZERO, Duration.ZERO), 0, Duration.ofHours(1), Duration.ofDays(30), 20);
  private static final int BOX = 40;

  final TestBus bus;
  final Truth truth;
  final Endpoint endpoint = new Endpoint();
  final InboxDrainer drainer;
  private final Targets targets;

  SubscriptionWorld(PgDatabase database) {
    var usual = BusSettings.defaults("test", TestBus.home());
    var limits = Limits.DEFAULT;
    bus = TestBus.open(database, new BusSettings("test", "test", List.of("api"), usual.home(), 16, usual.retryPolicy(), 2_000,
        new Limits(limits.payload(), limits.result(), limits.body(), limits.bulk(), limits.claim(), limits.page(), limits.pageMax(), limits.leaseMin(),
            limits.leaseMax(), limits.lease(), limits.waitMax(), limits.attempts(), BOX,
            limits.memoryEntries(), limits.memoryNamespaces()), usual.outage(), null));
    truth = new Truth(database.url());
    var its = bus.bus();
    targets = new Targets(its.inbox().inbox(), its.directory(), its.jobs(), its.messages(), endpoint, limits.payload());
    drainer = drainer("test");
  }

  /** JSON in which a quote is single. */
  static JsonNode tree(String json) {
    return SubscriptionStore.tree(json.replace('\'', '"'));
  }

  /** What moves deliveries on in one more node. */
  InboxDrainer drainer(String node) {
    return drainer(node, CONFIG);
  }

  InboxDrainer drainer(String node, InboxDrainerConfig config) {
    var its = bus.bus();
    return new InboxDrainer(its.database(), its.feed(), its.wakeUps(), targets, config, node);
  }

  /** Subscribes through the catalogue. @param input JSON in which a quote is single */
  UUID subscribe(Caller caller, String input) {
    return UUID.fromString(bus.call(caller, "subscribe", input.replace('\'', '"')).get("id").asText());
  }

  /** Subscribes with a webhook to {@link #endpoint}. @param more further fields */
  UUID webhook(Caller caller, String topic, String more) {
    var input = tree("{'to': 'webhook', 'url': 'https://example.com/', 'topic': '" + topic + "'" + more + "}");
    var its = bus.bus();
    var subscriptions = new Subscriptions(its.directory(), targets, its.wakeUps());
    return bus.await(() -> subscriptions.subscribe(new Call(caller, "test", its.database()), Json.MAPPER.treeToValue(input, Subscribe.class))).id();
  }

  JsonNode emit(Caller caller, String topic) {
    return emit(caller, topic, JsonNodeFactory.instance.objectNode());
  }

  JsonNode emit(Caller caller, String topic, JsonNode payload) {
    return bus.call(caller, "emit_event", JsonNodeFactory.instance.objectNode().put("topic", topic).set("payload", payload).toString());
  }

  UUID emitted(Caller caller, String topic) {
    return UUID.fromString(emit(caller, topic).get("id").asText());
  }

  JsonNode get(Caller caller, UUID subscription) {
    return bus.call(caller, "get_subscription", "{\"subscription_id\": \"" + subscription + "\"}");
  }

  /** The deliveries of a subscription in the order of their events, as their owner sees them. */
  List<JsonNode> deliveries(Caller caller, UUID subscription) {
    var found = new ArrayList<JsonNode>();
    bus.call(caller, "list_deliveries", "{\"limit\": 500, \"subscription_id\": \"" + subscription + "\"}").get("items").forEach(found::addFirst);
    return found;
  }

  /** What lies in an agent's box: the events that its messages tell of. */
  List<UUID> box(Caller agent) {
    var found = new ArrayList<UUID>();
    bus.call(agent, "inbox", "{\"limit\": 500}").get("items").forEach(message -> found.add(UUID.fromString(message.at("/payload/event/id").asText())));
    return found;
  }

  /** Gives positions and hands out, once. */
  void handOut() {
    handOut(drainer);
  }

  void handOut(InboxDrainer by) {
    bus.await(() -> {
      bus.bus().feed().reached(bus.bus().sequencer().run().newest());
      by.handOut();
      return true;
    });
  }

  /** One round of all that a node does. */
  void round(InboxDrainer by) {
    handOut(by);
    bus.await(() -> {
      while (by.catchUp().isZero()) {
        // One page of each a call.
      }
      return by.deliver();
    });
  }

  /** Rounds until it is so. */
  void until(BooleanSupplier so) {
    until(List.of(drainer), so);
  }

  void until(List<InboxDrainer> nodes, BooleanSupplier so) {
    await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(10)).until(() -> {
      nodes.forEach(this::round);
      return so.getAsBoolean();
    });
  }

  @Override
  public void close() {
    bus.close();
  }
}
