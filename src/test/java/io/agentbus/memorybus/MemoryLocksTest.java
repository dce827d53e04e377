package io.agentbus.memorybus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Callers at once wait for each other in one order, and nobody takes what another is changing. */
@Timeout(60)
class MemoryLocksTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final Caller OPERATOR = TestBus.operatorOf("acme");
  private static MemoryRoom room;
  private static Caller ann;

  @BeforeAll
  static void open() {
    room = new MemoryRoom(DATABASE);
    ann = room.agent("acme", "ann");
  }

  @AfterAll
  static void close() {
    room.close();
  }

  @Test
  void an_approval_takes_the_spaces_in_their_order_and_holds_nothing_while_it_waits_for_the_first() throws Exception {
    room.store(ann, "acme/low", "makes the space of the lower number", "c");
    var id = room.store(ann, "acme/high", "moves", "c");
    room.call(OPERATOR, "memory_namespace_set_standard", "{'namespace': 'acme/high', 'id': '" + id + "', 'governance': {'delete': 'approve'}}");
    var pending = room.call(ann, "memory_update", "{'id': '" + id + "', 'namespace': 'acme/low'}").get("pending_id").asText();
    try (var other = DATABASE.connect()) {
      other.setAutoCommit(false);
      run(other, "SELECT FROM agentbus.memory_spaces WHERE namespace_id = (SELECT id FROM agentbus.namespaces WHERE path = 'acme/low') FOR UPDATE");
      var approval = room.bus.callLater(OPERATOR, "memory_pending_approve", "{\"id\": \"" + pending + "\"}");
      somebodyWaits();
      assertThatCode(() -> run(other, "SELECT FROM agentbus.memory_spaces FOR UPDATE NOWAIT")).doesNotThrowAnyException();
      assertThatCode(() -> run(other, "SELECT FROM agentbus.memory_pending FOR UPDATE NOWAIT")).doesNotThrowAnyException();
      assertThatCode(() -> run(other, "SELECT FROM agentbus.memory_entries FOR UPDATE NOWAIT")).doesNotThrowAnyException();
      other.rollback();
      assertThat(approval.get().get("executed").asBoolean()).isTrue();
    }
  }

  @Test
  void what_somebody_lets_live_longer_is_not_removed_by_who_saw_it_expired() throws Exception {
    var id = room.store(ann, "acme/saved", "saved", "c");
    room.expire(id);
    try (var other = DATABASE.connect()) {
      other.setAutoCommit(false);
      run(other, "UPDATE agentbus.memory_entries SET expires_at = now() + interval '1 hour' WHERE id = '" + id + "'");
      var removal = room.bus.await(() -> java.util.concurrent.CompletableFuture.supplyAsync(
          () -> room.bus.await(() -> room.bus.bus().memory().expiry().removeExpired(100))));
      await().atMost(Duration.ofSeconds(20)).until(() -> removal.isDone() || waiting() > 0);
      other.commit();
      assertThat(removal.get()).isZero();
    }
    assertThat(room.call(ann, "memory_get", "{'id': '" + id + "'}").get("title").asText()).isEqualTo("saved");
  }

  @Test
  void capabilities_count_subscriptions_and_look_at_no_delivery() throws Exception {
    room.call(ann, "memory_subscribe", "{'url': 'https://example.com/hook'}");
    try (var other = DATABASE.connect()) {
      other.setAutoCommit(false);
      run(other, "LOCK TABLE agentbus.deliveries IN ACCESS EXCLUSIVE MODE");
      var told = room.bus.callLater(ann, "memory_capabilities", "{}").get(10, TimeUnit.SECONDS);
      assertThat(told.at("/hooks/registered_count").asInt()).isEqualTo(1);
    }
  }

  @Test
  void of_the_same_link_said_at_once_one_is_kept() {
    var one = room.store(ann, "acme/links", "one", "c");
    var two = room.store(ann, "acme/links", "two", "c");
    var answers = room.atOnce(8, () -> room.call(ann, "memory_link", "{'source_id': '" + one + "', 'target_id': '" + two + "'}"));
    assertThat(answers.stream().filter(answer -> answer instanceof JsonNode linked && !linked.has("duplicate"))).hasSize(1);
    assertThat(answers.stream().filter(answer -> answer instanceof JsonNode linked && linked.path("duplicate").asBoolean())).hasSize(7);
    assertThat(room.call(ann, "memory_kg_timeline", "{'source_id': '" + one + "'}").get("count").asInt()).isEqualTo(1);
  }

  @Test
  void moves_to_and_fro_at_once_do_not_wait_for_each_other_for_ever() {
    var there = room.store(ann, "acme/fro", "goes to", "c");
    var here = room.store(ann, "acme/to", "goes fro", "c");
    for (var i = 0; i < 10; i++) {
      var even = i % 2 == 0;
      var turn = new java.util.concurrent.atomic.AtomicInteger();
      var answers = room.atOnce(2, () -> turn.getAndIncrement() == 0
          ? room.call(ann, "memory_update", "{'id': '" + there + "', 'namespace': '" + (even ? "acme/to" : "acme/fro") + "'}")
          : room.call(ann, "memory_update", "{'id': '" + here + "', 'namespace': '" + (even ? "acme/fro" : "acme/to") + "'}"));
      assertThat(answers).allSatisfy(answer -> assertThat(answer).isInstanceOf(JsonNode.class));
    }
  }

  private static void run(Connection connection, String statement) throws SQLException {
    try (var run = connection.createStatement()) {
      run.execute(statement);
    }
  }

  private static void somebodyWaits() {
    await().atMost(Duration.ofSeconds(20)).until(() -> waiting() > 0);
  }

  private static int waiting() {
    return Integer.parseInt(room.value("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"));
  }
}
