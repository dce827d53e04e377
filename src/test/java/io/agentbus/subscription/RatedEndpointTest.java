package io.agentbus.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An endpoint with a rate gets what is due in its turns, and what waits for a turn costs nothing. */
@Timeout(60)
class RatedEndpointTest {
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
    ann = world.bus.agent("r" + ++count, "ann", 0);
  }

  private UUID rated(int perSecond, String more) {
    var id = world.webhook(ann, "phase.*", more);
    world.truth.update("INSERT INTO webhook_endpoints (subscription_id, url, format, timeout_seconds, rate_per_second, secret) "
        + "VALUES (?, 'https://example.com/', 'standard', 15, ?, '')", id, perSecond);
    return id;
  }

  private void emit(int many) {
    for (var i = 0; i < many; i++) {
      world.emitted(ann, "phase.done");
    }
  }

  @Test
  void a_rate_is_kept_from_the_first_second_on_and_each_delivery_is_taken_once() {
    var subscription = rated(5, ", 'concurrency': 10");
    emit(7);
    var began = System.nanoTime();
    var nodes = List.of(world.drainer, world.drainer("other"));
    world.until(nodes, () -> world.get(ann, subscription).get("pending").asInt() == 0 && world.endpoint.events(subscription).size() == 7);

    assertThat(Duration.ofNanos(System.nanoTime() - began)).as("seven at five a second, on two nodes").isGreaterThanOrEqualTo(Duration.ofMillis(1_190));
    assertThat(world.endpoint.events(subscription)).doesNotHaveDuplicates();
    assertThat(world.truth.count("SELECT sum(try_no) FROM deliveries WHERE subscription_id = ?", subscription)).isEqualTo(7);
  }

  @Test
  void a_claim_takes_no_more_than_the_turns_that_come_soon() {
    var subscription = rated(1, ", 'concurrency': 10");
    emit(15);
    world.until(() -> world.endpoint.events(subscription).size() == 1);
    assertThat(world.truth.count("SELECT count(*) FROM deliveries WHERE subscription_id = ? AND (lease IS NOT NULL OR status = 'delivered')", subscription))
        .isEqualTo(1);
    world.truth.update("UPDATE webhook_endpoints SET next_at = now() + interval '1 hour' WHERE subscription_id = ?", subscription);
    world.round(world.drainer);
    assertThat(world.bus.await(world.drainer::deliver)).as("nothing until the next look").isEqualTo(SubscriptionWorld.CONFIG.poll());
    assertThat(world.truth.count("SELECT count(*) FROM deliveries WHERE subscription_id = ? AND status = 'pending' AND try_no = 0", subscription)).isEqualTo(14);
    world.bus.call(ann, "unsubscribe", "{\"subscription_id\": \"" + subscription + "\"}");
  }

  @Test
  void an_ordered_one_has_its_turns_too() {
    var subscription = rated(20, ", 'ordered': true");
    emit(5);
    world.until(() -> world.endpoint.events(subscription).size() == 5);
    assertThat(world.truth.holds("SELECT next_at > now() - interval '10 s' FROM webhook_endpoints WHERE subscription_id = ?", subscription)).isTrue();
  }
}
