package io.agentbus.subscription;

import static org.awaitility.Awaitility.await;

import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What holds deliveries up: a box without room, and those who change their subscription. */
@Timeout(60)
class DeliveryHoldsTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static SubscriptionWorld world;
  private static int count;
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
    ann = world.bus.agent("h" + ++count, "ann", 0);
  }

  /** Or the database would have to end one of the two. */
  @Test
  void who_has_a_subscription_and_wants_its_deliveries_never_waits_for_one_that_waits_for_it() throws SQLException {
    for (var outcome : List.of(new Outcome.BoxFull("the box is full", 1), new Outcome.Disabled(Tried.failed("gone"), "gone"))) {
      var sent = new CountDownLatch(1);
      var answered = new CountDownLatch(1);
      world.endpoint.answer = delivery -> {
        sent.countDown();
        pass(answered);
        return outcome;
      };
      var subscription = world.webhook(ann, "phase.*", "");
      world.emitted(ann, "phase.done");
      world.round(world.drainer);
      pass(sent);
      try (var replay = world.truth.connect(); var statement = replay.createStatement()) {
        replay.setAutoCommit(false);
        statement.execute("SELECT FROM subscriptions WHERE id = '" + subscription + "' FOR NO KEY UPDATE");
        world.endpoint.answer = delivery -> Endpoint.TAKEN;
        answered.countDown();
        await().until(() -> world.truth.holds("SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database()"
            + " AND wait_event_type = 'Lock')"));
        statement.execute("SELECT FROM deliveries WHERE subscription_id = '" + subscription + "' FOR UPDATE NOWAIT");
        replay.commit();
      }
      if (outcome instanceof Outcome.Disabled) {
        world.until(() -> world.get(ann, subscription).get("status").asText().equals("disabled"));
      } else {
        world.until(() -> world.get(ann, subscription).get("pending").asInt() == 0);
      }
    }
  }

  @Test
  void what_waits_for_a_full_box_goes_on_with_the_acknowledgement_and_not_with_a_poll() {
    var usual = SubscriptionWorld.CONFIG;
    var seldom = new InboxDrainerConfig(Duration.ofMinutes(5), usual.gap(), usual.pageSize(), usual.backlogMax(), usual.inFlightMax(), usual.lease(),
        usual.webhookRetries(), usual.innerRetries(), usual.jitterPercent(), usual.keepDelivered(), usual.keepDead(), usual.deadMax());
    var id = world.bus.vertx().deployVerticle(new InboxDrainerVerticle(world.drainer("seldom", seldom), seldom)).await();
    try {
      var subscription = world.subscribe(ann, "{'to': 'inbox', 'topic': 'phase.*'}");
      var events = IntStream.range(0, 41).mapToObj(i -> world.emitted(ann, "phase.done")).toList();
      world.handOut();
      // Whichever of the two handed them out.
      await().until(() -> world.get(ann, subscription).get("pending").asInt() == 1);
      var first = world.bus.call(ann, "inbox", "{\"limit\": 1}").at("/items/0/id");
      world.bus.call(ann, "ack_message", "{\"message_id\": " + first + "}");
      await().atMost(Duration.ofSeconds(10)).until(() -> world.box(ann).equals(events.subList(1, 41)));
    } finally {
      world.bus.vertx().undeploy(id).await();
    }
  }

  private static void pass(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
