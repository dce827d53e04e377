package io.agentbus.webhook.in;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Which webhooks are taken, and which had been before. */
@Timeout(120)
class WebhooksTakenTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static SourceBench bench;

  @BeforeAll
  static void open() {
    bench = new SourceBench(DATABASE);
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @Test
  void a_dead_one_that_its_sender_sends_again_is_taken_and_one_that_was_routed_is_not() {
    var source = bench.source("acme", "");
    bench.route(source, "bad", "\"then\": {\"job\": {\"subject\": {\"cel\": \"event.payload.absent\"}}}");
    var first = bench.send(source, "{\"n\": 1}", "idempotency-key: delivery-1");
    assertThat(bench.send(source, "{\"n\": 1}", "idempotency-key: delivery-1")).isEqualTo(new Receiver.Taken(first.id(), true, "delivery-1"));
    for (var i = 0; i < 2; i++) {
      bench.truth.update("UPDATE webhook_pending SET due_at = now()");
      bench.routeAll();
    }
    assertThat(bench.status(first.id())).isEqualTo("dead");
    bench.route(source, "bad", "\"then\": {\"job\": {\"target_tag\": \"any\"}}");
    var again = bench.send(source, "{\"n\": 1}", "idempotency-key: delivery-1");
    assertThat(again.duplicate()).isFalse();
    assertThat(bench.status(first.id())).isEqualTo("replaced");
    bench.routeAll();
    assertThat(bench.status(again.id())).isEqualTo("routed");
    assertThat(bench.send(source, "{\"n\": 1}", "idempotency-key: delivery-1").duplicate()).isTrue();
    assertThat(bench.routeAll()).isZero();
    assertThat(bench.truth.count("SELECT count(*) FROM jobs WHERE source_agent = ?", "source:" + source)).isEqualTo(1);
  }

  @Test
  void a_source_with_too_many_waiting_asks_its_sender_to_come_back_and_still_knows_repeated_ones() {
    var source = bench.source("acme", "");
    UUID first = null;
    for (var n = 0; n < SourceBench.CONFIG.maxWaiting(); n++) {
      var taken = bench.send(source, "{\"n\": " + n + "}", "idempotency-key: k" + n);
      first = first == null ? taken.id() : first;
    }
    var refusal = catchThrowableOfType(ProblemException.class,
        () -> bench.send(source, "{\"n\": -1}", "idempotency-key: one-more"));
    assertThat(refusal.code()).isEqualTo(ProblemCode.UNAVAILABLE);
    assertThat(refusal.members()).containsKey("retry_after_seconds");
    assertThat(bench.send(source, "{\"n\": 0}", "idempotency-key: k0").id()).isEqualTo(first);
    assertThat(bench.send(bench.source("acme", ""), "{}").duplicate()).as("another source has its own room").isFalse();
    bench.routeAll();
    assertThat(bench.send(source, "{\"n\": -1}", "idempotency-key: one-more").duplicate()).isFalse();
    bench.routeAll();
  }

  @Test
  void a_body_without_an_id_is_the_same_for_a_while_and_then_another() {
    var source = bench.source("acme", "'repeat_seconds': 600");
    var first = bench.send(source, "{\"same\": true}");
    assertThat(bench.send(source, "{\"same\": true}")).isEqualTo(new Receiver.Taken(first.id(), true, null));
    assertThat(bench.send(source, "{\"same\": false}").duplicate()).isFalse();
    bench.truth.update("UPDATE webhook_ids SET until = now() WHERE made_id = ?", first.id());
    assertThat(bench.send(source, "{\"same\": true}").duplicate()).isFalse();
    var never = bench.source("acme", "'repeat_seconds': 0");
    assertThat(bench.send(never, "{}").duplicate()).isFalse();
    assertThat(bench.send(never, "{}").duplicate()).isFalse();
    bench.routeAll();
  }

  @Test
  void a_batch_is_taken_whole_and_when_there_is_no_room_not_at_all() {
    var source = bench.source("acme", "");
    var batch = Json.MAPPER.createArrayNode();
    for (var n = 0; n < 30; n++) {
      batch.addObject().put("specversion", "1.0").put("id", "e" + n).put("source", "/s").put("type", "t");
    }
    var taken = (Receiver.Receipt.Kept) bench.receive(source, batch.toString(), "content-type: application/cloudevents-batch+json");
    assertThat(taken.webhooks()).hasSize(30).noneMatch(Receiver.Taken::duplicate);
    var count = "SELECT count(*) FROM webhooks WHERE source_id = (SELECT id FROM sources WHERE name = ?)";
    batch.forEach(event -> ((ObjectNode) event).put("id", "f" + event.get("id").asText()));
    assertThat(catchThrowable(() -> bench.receive(source, batch.toString(),
        "content-type: application/cloudevents-batch+json"))).isInstanceOf(ProblemException.class);
    assertThat(bench.truth.count(count, source)).isEqualTo(30);
    assertThat(bench.routeAll()).isEqualTo(30);
  }

  @Test
  void a_retry_and_a_redelivery_at_once_have_it_routed_once() throws Exception {
    var source = bench.source("acme", "");
    var first = bench.send(source, "{\"n\": 1}", "idempotency-key: both");
    bench.truth.update("DELETE FROM webhook_pending");
    bench.truth.update("UPDATE webhooks SET status = 'dead', ended_at = now() WHERE id = ?", first.id());
    try (var retry = bench.truth.connect(); var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      retry.setAutoCommit(false);
      try (var statement = retry.prepareStatement("""
          WITH again AS (UPDATE webhooks SET status = 'accepted', ended_at = NULL WHERE id = ? AND status = 'dead' RETURNING id, source_id)
          INSERT INTO webhook_pending (webhook_id, source_id, bytes) SELECT id, source_id, 1 FROM again""")) {
        statement.setObject(1, first.id());
        assertThat(statement.executeUpdate()).isEqualTo(1);
      }
      var redelivery = threads.submit(() -> bench.send(source, "{\"n\": 1}", "idempotency-key: both"));
      await().atMost(Duration.ofSeconds(20)).until(() -> redelivery.isDone() || bench.truth.holds(
          "EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock')"));
      retry.commit();
      assertThat(redelivery.get()).isEqualTo(new Receiver.Taken(first.id(), true, "both"));
    }
    assertThat(bench.routeAll()).isEqualTo(1);
    assertThat(bench.status(first.id())).isEqualTo("routed");
  }

  @Test
  void of_two_redeliveries_at_once_one_is_taken() throws Exception {
    var source = bench.source("acme", "");
    for (var n = 0; n < 5; n++) {
      var body = "{\"n\": " + n + "}";
      var first = bench.send(source, body);
      bench.truth.update("DELETE FROM webhook_pending");
      bench.truth.update("UPDATE webhooks SET status = 'dead', ended_at = now() WHERE id = ?", first.id());
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var both = threads.invokeAll(Collections.nCopies(2, (Callable<Receiver.Taken>) () -> bench.send(source, body)));
        assertThat(both.get(0).get().id()).isEqualTo(both.get(1).get().id()).isNotEqualTo(first.id());
        assertThat(both.get(0).get().duplicate()).isNotEqualTo(both.get(1).get().duplicate());
      }
      assertThat(bench.status(first.id())).isEqualTo("replaced");
      assertThat(bench.routeAll()).isEqualTo(1);
    }
  }

  @Test
  void batches_that_hold_the_same_in_another_order_wait_for_each_other_and_in_no_ring() throws Exception {
    var source = bench.source("acme", "");
    for (var round = 0; round < 10; round++) {
      var forth = Json.MAPPER.createArrayNode();
      var back = Json.MAPPER.createArrayNode();
      for (var n = 0; n < 20; n++) {
        forth.addObject().put("specversion", "1.0").put("id", round + "-" + n).put("source", "/s").put("type", "t");
        back.insertObject(0).put("specversion", "1.0").put("id", round + "-" + n).put("source", "/s").put("type", "t");
      }
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        var work = new ArrayList<Callable<Receiver.Receipt>>();
        for (var batch : new Object[] {forth, back}) {
          work.add(() -> bench.receive(source, batch.toString(), "content-type: application/cloudevents-batch+json"));
        }
        var taken = 0;
        for (var receipt : threads.invokeAll(work)) {
          taken += (int) ((Receiver.Receipt.Kept) receipt.get()).webhooks().stream().filter(one -> !one.duplicate()).count();
        }
        assertThat(taken).isEqualTo(20);
      }
      assertThat(bench.routeAll()).isEqualTo(20);
    }
  }

  @Test
  void a_batch_is_told_and_routed_in_the_order_in_which_it_came() {
    var source = bench.source("acme", "");
    var batch = Json.MAPPER.createArrayNode();
    IntStream.range(0, 20).forEach(n -> batch.addObject().put("specversion", "1.0").put("id", "in-order-" + n).put("source", "/s").put("type", "t" + n));
    var ids = ((Receiver.Receipt.Kept) bench.receive(source, batch.toString(), "content-type: application/cloudevents-batch+json")).webhooks()
        .stream().map(Receiver.Taken::id).toList();
    assertThat(ids).isSorted();
    bench.routeAll();
    assertThat(bench.truth.all("SELECT type FROM webhooks WHERE source_id = (SELECT id FROM sources WHERE name = ?) ORDER BY id", source))
        .isEqualTo(IntStream.range(0, 20).mapToObj(n -> "t" + n).toList());
  }

  @Test
  void what_waits_of_a_source_is_bounded_in_bytes_too() {
    var source = bench.source("acme", "");
    var one = bench.send(source, "{\"text\": \"" + "x".repeat(1_000) + "\"}");
    assertThat(bench.truth.count("SELECT bytes FROM webhook_pending WHERE webhook_id = ?", one.id())).isBetween(1_000, 1_100);
    bench.truth.update("UPDATE webhook_pending SET bytes = 256 << 20 WHERE webhook_id = ?", one.id());
    assertThat(catchThrowableOfType(ProblemException.class, () -> bench.send(source, "{}")).code()).isEqualTo(ProblemCode.UNAVAILABLE);
    assertThat(bench.send(bench.source("acme", ""), "{}").duplicate()).isFalse();
    bench.routeAll();
    assertThat(bench.send(source, "{}").duplicate()).isFalse();
    bench.routeAll();
  }
}
