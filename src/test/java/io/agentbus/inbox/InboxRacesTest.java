package io.agentbus.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.app.BusSettings;
import io.agentbus.bus.Addresses;
import io.agentbus.job.Outage;
import io.agentbus.job.RetryPolicy;
import io.agentbus.op.Caller;
import io.agentbus.op.Limits;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.sim.Invariants;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two things that happen to one box in the same instant, at one node or at two. */
@Timeout(60)
class InboxRacesTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final int ROOM = 20;
  private static TestBus one;
  private static TestBus two;
  private static int count;
  private final Caller operator = TestBus.operator();
  private String home;
  private Caller boss;
  private Caller worker;

  @BeforeAll
  static void open() {
    one = TestBus.open(DATABASE, settings("one"));
    two = TestBus.open(DATABASE, settings("two"));
  }

  private static BusSettings settings(String name) {
    var usual = Limits.DEFAULT;
    // A poll so long that only a wake-up can be what ended a wait.
    return new BusSettings(name, "test", List.of("api"), TestBus.home(), 16, RetryPolicy.DEFAULT, 60_000,
        new Limits(usual.payload(), usual.result(), usual.body(), usual.bulk(), usual.claim(), usual.page(), usual.pageMax(), usual.leaseMin(),
            usual.leaseMax(), usual.lease(), usual.waitMax(), usual.attempts(), ROOM), Outage.DEFAULT, null);
  }

  @AfterAll
  static void close() {
    one.close();
    two.close();
  }

  @BeforeEach
  void registerAgents() {
    home = "n" + ++count;
    boss = one.agent(home, "boss", 0);
    worker = one.agent(home, "worker", 0);
  }

  @Test
  void two_nodes_fill_a_box_to_its_limit_and_not_beyond() throws Exception {
    for (var round = 0; round < 5; round++) {
      var answers = new ArrayList<Future<JsonNode>>();
      for (var i = 0; i < 3 * ROOM; i++) {
        answers.add((i % 2 == 0 ? one : two).callLater(worker, "notify", json("{'target_agent': 'boss', 'title': 't" + i + "'}")));
      }
      var taken = new HashSet<String>();
      for (var answer : answers) {
        try {
          taken.add(answer.get().get("arrival").asText());
        } catch (ExecutionException refused) {
          assertThat(refused.getCause()).isInstanceOfSatisfying(ProblemException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
            assertThat(refusal.getMessage()).contains("'boss'").contains(ROOM + " messages");
            assertThat(refusal.members()).containsEntry("unacknowledged", ROOM);
          });
        }
      }
      assertThat(taken).hasSize(ROOM);
      var items = call(one, boss, "inbox", "{}").get("items");
      assertThat(items).hasSize(ROOM);
      var acks = new ArrayList<Future<JsonNode>>();
      for (var item : items) {
        acks.add((acks.size() % 2 == 0 ? one : two).callLater(boss, "ack_message", json("{'message_id': " + item.get("id") + "}")));
      }
      for (var ack : acks) {
        ack.get();
      }
    }
    Invariants.checkWhileRunning(DATABASE);
  }

  @Test
  void of_many_acknowledgements_at_once_one_wins_and_all_hear_it() throws Exception {
    var sent = tell("'title': 't'");
    var answers = new ArrayList<Future<JsonNode>>();
    for (var i = 0; i < 40; i++) {
      answers.add((i % 2 == 0 ? one : two).callLater(boss, "ack_message", json("{'message_id': " + sent.get("id") + ", 'result': {'n': " + i + "}}")));
    }
    var heard = new HashSet<JsonNode>();
    for (var answer : answers) {
      heard.add(answer.get());
    }
    assertThat(heard).hasSize(1);
    assertThat(truth("SELECT count(*) FROM journal WHERE action = 'ack_message' AND detail->>'message_id' = ?", sent.get("id").asText())).isEqualTo("1");
    Invariants.checkWhileRunning(DATABASE);
  }

  @Test
  void an_acknowledgement_that_meets_a_deferral_leaves_the_message_in_one_place() throws Exception {
    for (var round = 0; round < 20; round++) {
      var sent = tell("'title': 't'");
      var ack = one.callLater(boss, "ack_message", json("{'message_id': " + sent.get("id") + "}"));
      var defer = two.callLater(boss, "defer_message", json("{'message_id': " + sent.get("id") + ", 'seconds': 100}"));
      assertThat(ack.get().get("acked_at").isNull()).isFalse();
      try {
        defer.get();
      } catch (ExecutionException later) {
        assertThat(later.getCause()).isInstanceOfSatisfying(ProblemException.class,
            refusal -> assertThat(refusal.code()).isEqualTo(ProblemCode.INVALID_TRANSITION));
      }
    }
    assertThat(call(one, boss, "inbox", "{'unread_only': false}").get("items").findValuesAsText("deferred_until")).containsOnly("null");
    Invariants.checkWhileRunning(DATABASE);
  }

  @Test
  void one_dedupe_key_at_two_nodes_in_one_instant_is_one_message() throws Exception {
    var answers = new ArrayList<Future<JsonNode>>();
    for (var i = 0; i < 40; i++) {
      answers.add((i % 2 == 0 ? one : two).callLater(worker, "notify", json("{'target_agent': 'boss', 'title': 't', 'dedupe_key': 'k'}")));
    }
    var ids = new HashSet<String>();
    var fresh = 0;
    for (var answer : answers) {
      ids.add(answer.get().get("id").asText());
      fresh += answer.get().get("duplicate").asBoolean() ? 0 : 1;
    }
    assertThat(ids).hasSize(1);
    assertThat(fresh).isEqualTo(1);
  }

  @Test
  void who_waits_at_another_node_hears_of_a_message_at_once() throws Exception {
    var waiting = two.callLater(boss, "inbox", json("{'wait_seconds': 30}"));
    awaitWaiting(two);
    var began = System.nanoTime();
    tell("'title': 'wake'");
    assertThat(waiting.get().at("/items/0/title").asText()).isEqualTo("wake");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).as("no poll was waited for").isLessThan(Duration.ofSeconds(10));
  }

  @Test
  void an_urgent_message_ends_the_wait_for_work_at_any_node_and_another_one_does_not() throws Exception {
    var waiting = two.callLater(boss, "claim_jobs", json("{'wait_seconds': 20}"));
    awaitWaiting(two);
    tell("'title': 'calm', 'priority': 8");
    call(one, operator, "enqueue_job", "{'subject': 's', 'target_agent': 'boss', 'namespace': '" + home + "'}");
    assertThat(waiting.get().get("jobs")).hasSize(1);
    assertThat(waiting.get().has("messages")).isFalse();

    waiting = two.callLater(boss, "claim_jobs", json("{'wait_seconds': 30}"));
    awaitWaiting(two);
    tell("'title': 'now', 'priority': 10");
    assertThat(waiting.get().get("jobs")).isEmpty();
    assertThat(waiting.get().get("messages").findValuesAsText("title")).containsExactly("now");
    var began = System.nanoTime();
    assertThat(call(two, boss, "claim_jobs", "{'wait_seconds': 1}").get("messages").findValuesAsText("title")).containsExactly("now");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).as("what was there before ends nothing").isGreaterThanOrEqualTo(Duration.ofMillis(990));
    assertThat(call(two, boss, "claim_jobs", "{}").get("messages").findValuesAsText("title")).containsExactly("now");
  }

  @Test
  void a_wait_ends_when_a_message_that_was_put_off_comes_back() throws Exception {
    var sent = tell("'title': 't'");
    call(one, boss, "defer_message", "{'message_id': " + sent.get("id") + ", 'seconds': 1}");
    assertThat(call(two, boss, "inbox", "{'wait_seconds': 30}").get("items")).hasSize(1);
  }

  @Test
  void a_wait_that_is_in_vain_is_answered_with_nothing() {
    assertThat(call(one, boss, "inbox", "{'wait_seconds': 1}").get("items")).isEmpty();
  }

  @Test
  void a_reader_that_follows_arrivals_misses_nothing_whoever_commits_first() throws Exception {
    var seen = new ArrayList<Long>();
    var senders = new ArrayList<Future<JsonNode>>();
    for (var i = 0; i < ROOM; i++) {
      senders.add((i % 2 == 0 ? one : two).callLater(worker, "notify", json("{'target_agent': 'boss', 'title': 't', 'priority': " + (1 + i % 10) + "}")));
    }
    while (seen.size() < ROOM) {
      var items = call(two, boss, "inbox", "{'wait_seconds': 30, 'after_arrival': " + (seen.isEmpty() ? 0 : seen.getLast()) + ", 'limit': 3}").get("items");
      items.forEach(item -> seen.add(item.get("arrival").asLong()));
    }
    for (var sender : senders) {
      sender.get();
    }
    assertThat(seen).isSorted().doesNotHaveDuplicates().hasSize(ROOM);
  }

  @Test
  void all_nodes_hear_when_a_box_that_was_full_has_room_and_only_then() throws Exception {
    var here = new AtomicInteger();
    var elsewhere = new CountDownLatch(1);
    one.bus().wakeUps().hearRoom(here::incrementAndGet);
    two.bus().wakeUps().hearRoom(elsewhere::countDown);
    for (var i = 0; i < ROOM; i++) {
      tell("'title': 't'");
    }
    var items = call(one, boss, "inbox", "{}").get("items");
    call(one, boss, "ack_message", "{'message_id': " + items.get(0).get("id") + "}");
    assertThat(here).hasValue(1);
    call(one, boss, "ack_message", "{'message_id': " + items.get(0).get("id") + "}");
    call(one, boss, "ack_message", "{'message_id': " + items.get(1).get("id") + "}");
    assertThat(here).as("it was not full any more").hasValue(1);
    assertThat(elsewhere.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void a_full_inbox_refuses_the_whole_finish_which_may_be_said_again() {
    for (var i = 0; i < ROOM; i++) {
      tell("'title': 't'");
    }
    var job = call(one, operator, "enqueue_job", "{'subject': 's', 'target_agent': 'worker', 'namespace': '" + home + "'}");
    var claimed = call(one, worker, "claim_jobs", "{}").at("/jobs/0");
    var attempt = "{'job_id': " + job.get("id") + ", 'fence': " + claimed.get("fence");
    var messages = ", 'messages': [{'target_agent': 'worker', 'title': 'to myself'}, {'target_agent': 'boss', 'title': 'done'}]";
    var refusal = one.refused(worker, "complete_job", json(attempt + messages + ", 'events': [{'topic': 'a.b'}]}"));
    assertThat(refusal.code()).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
    assertThat(refusal.getMessage()).contains("/messages/1/target_agent").contains("'boss'").contains(ROOM + " messages");
    assertThat(call(one, worker, "get_job", "{'job_id': " + job.get("id") + "}").get("status").asText()).isEqualTo("leased");
    assertThat(call(one, worker, "inbox", "{}").get("items")).isEmpty();
    assertThat(call(one, worker, "renew_job_lease", attempt + "}").get("fence")).isEqualTo(claimed.get("fence"));
    call(one, boss, "ack_message", "{'message_id': " + call(one, boss, "inbox", "{}").at("/items/0/id") + "}");
    call(one, worker, "complete_job", attempt + messages + "}");
    assertThat(call(one, worker, "inbox", "{}").get("items")).hasSize(1);
    Invariants.checkWhileRunning(DATABASE);
  }

  @Test
  void an_agent_on_the_event_bus_is_told_that_it_has_mail() {
    call(one, boss, "update_agent", "{'agent': 'boss', 'channel': 'eventbus'}");
    var hint = new CompletableFuture<String>();
    try (var _ = two.bus().messages().listen(Addresses.inbox(home, "boss"), message -> hint.complete(message.body().toString()))) {
      tell("'title': 'secret'");
      assertThat(hint).succeedsWithin(Duration.ofSeconds(20)).isEqualTo("{\"namespace\":\"" + home + "\",\"agent\":\"boss\"}");
    }
  }

  private static void awaitWaiting(TestBus bus) {
    org.awaitility.Awaitility.await().until(() -> bus.bus().inbox().waits().waiting() > 0);
  }

  private JsonNode tell(String fields) {
    return call(one, worker, "notify", "{'target_agent': 'boss', " + fields + "}");
  }

  private static @Nullable String truth(String query, String parameter) {
    return new Truth(DATABASE.url()).one(query, parameter);
  }

  private static JsonNode call(TestBus bus, Caller caller, String operation, String input) {
    return bus.call(caller, operation, json(input));
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }
}
