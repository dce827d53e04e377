package io.agentbus.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.id.Ids;
import io.agentbus.inbox.Delivered.BoxFull;
import io.agentbus.inbox.Delivered.Duplicate;
import io.agentbus.inbox.Delivered.Put;
import io.agentbus.inbox.Delivered.UnknownRecipient;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages are kept apart, kept private, kept until they are acknowledged, and read in an order that can be followed. */
@Timeout(60)
class InboxTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static TestBus bus;
  private static int count;
  private final Caller operator = TestBus.operator();
  private String home;
  private Caller boss;
  private Caller worker;

  @BeforeAll
  static void open() {
    bus = TestBus.open(DATABASE);
  }

  @AfterAll
  static void close() {
    bus.close();
  }

  @BeforeEach
  void registerAgents() {
    home = "n" + ++count;
    boss = bus.agent(home, "boss", 0);
    worker = bus.agent(home, "worker", 0);
  }

  @Test
  void a_message_keeps_all_that_was_said_and_who_said_it() {
    var sent = tell(worker, "'title': 'phase complete', 'payload': {'verdict': 'pass', 'minutes': 1.5}, 'priority': 8, 'thread_id': 't',"
        + " 'correlation_key': 'c', 'dedupe_key': 'd'");
    assertThat(sent.get("duplicate").asBoolean(true)).isFalse();
    var read = only(boss);
    assertThat(read.get("from").asText()).isEqualTo("worker");
    assertThat(read.get("sent_by").asText()).isEqualTo("agent:" + home + "/worker");
    assertThat(read.get("source_agent").asText()).isEqualTo("worker");
    assertThat(read.get("to").asText()).isEqualTo("boss");
    assertThat(read.get("namespace").asText()).isEqualTo(home);
    assertThat(read.get("payload")).isEqualTo(json("{'verdict': 'pass', 'minutes': 1.5}"));
    assertThat(read.get("acked_at").isNull()).isTrue();
    assertThat(read.get("result").isNull()).isTrue();
    for (var field : read.properties()) {
      assertThat(field.getValue()).as(field.getKey()).isEqualTo(sent.get(field.getKey()));
    }
  }

  @Test
  void two_messages_of_one_title_are_two_with_their_true_senders() {
    var colleague = bus.agent(home, "colleague", 0);
    tell(worker, "'title': 'Phase complete', 'payload': {'n': 1}");
    tell(colleague, "'title': 'Phase complete', 'payload': {'n': 2}");
    tell(colleague, "'title': 'Phase complete', 'payload': {'n': 2}");
    var items = inbox(boss, "").get("items");
    assertThat(items.findValuesAsText("from")).containsExactly("worker", "colleague", "colleague");
    assertThat(items.findValuesAsText("n")).containsExactly("1", "2", "2");
  }

  @Test
  void an_operator_may_speak_for_an_agent_and_is_told_as_who_sent_it() {
    var sent = call(operator, "notify", "{'namespace': '" + home + "', 'target_agent': 'boss', 'title': 't', 'source_agent': 'worker'}");
    assertThat(sent.get("source_agent").asText()).isEqualTo("worker");
    assertThat(sent.get("from").asText()).isEqualTo("operator");
    assertThat(only(boss).get("from").asText()).isEqualTo("operator");
    assertThat(code(worker, "notify", "{'target_agent': 'boss', 'title': 't', 'source_agent': 'boss'}")).isEqualTo(ProblemCode.FORBIDDEN);
  }

  @Test
  void listing_changes_nothing_and_a_message_stays_until_it_is_acknowledged() {
    var sent = tell(worker, "'title': 't'");
    for (var i = 0; i < 3; i++) {
      assertThat(only(boss).get("id")).isEqualTo(sent.get("id"));
    }
    var acked = ack(boss, sent, ", 'result': {'page': 'updated'}");
    assertThat(acked.get("acked_by").asText()).isEqualTo("boss");
    assertThat(acked.get("result")).isEqualTo(json("{'page': 'updated'}"));
    assertThat(inbox(boss, "").get("items")).isEmpty();
    assertThat(inbox(boss, "'unread_only': false").at("/items/0/result")).isEqualTo(json("{'page': 'updated'}"));
    assertThat(call(worker, "get_message", ref(sent)).get("result")).as("its sender hears what came of it").isEqualTo(json("{'page': 'updated'}"));
  }

  @Test
  void the_first_acknowledgement_wins_and_a_second_one_hears_it() {
    var sent = tell(worker, "'title': 't'");
    var first = ack(boss, sent, ", 'result': {'n': 1}");
    assertThat(ack(boss, sent, ", 'result': {'n': 2}")).isEqualTo(first);
    assertThat(ack(operator, sent, "")).isEqualTo(first);
    assertThat(call(boss, "ack_message", ref(sent), "key-" + home)).isEqualTo(first);
    assertThat(truth("SELECT count(*) FROM journal WHERE action = 'ack_message' AND detail->>'message_id' = ?", sent.get("id").asText())).isEqualTo("1");
  }

  @Test
  void nobody_reads_or_acknowledges_what_is_for_another() {
    var sent = tell(worker, "'title': 't'");
    var colleague = bus.agent(home, "colleague", 0);
    var stranger = bus.agent(home + "-elsewhere", "stranger", 0);
    assertThat(code(colleague, "inbox", "{'agent': 'boss'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(code(stranger, "inbox", "{'agent': 'boss'}")).isEqualTo(ProblemCode.NOT_FOUND);
    for (var operation : List.of("get_message", "ack_message", "defer_message")) {
      var input = operation.equals("defer_message") ? "{'message_id': " + sent.get("id") + ", 'seconds': 5}" : ref(sent);
      assertThat(code(colleague, operation, input)).as(operation).isEqualTo(ProblemCode.FORBIDDEN);
      assertThat(code(stranger, operation, input)).as(operation).isEqualTo(ProblemCode.NOT_FOUND);
      assertThat(code(TestBus.operatorOf(home + "-elsewhere"), operation, input)).as(operation).isEqualTo(ProblemCode.NOT_FOUND);
    }
    assertThat(code(worker, "ack_message", ref(sent))).as("its sender cannot acknowledge it").isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(call(operator, "inbox", "{'agent': 'boss', 'namespace': '" + home + "'}").get("items")).hasSize(1);
    assertThat(call(colleague, "inbox", "{}").get("items")).isEmpty();
    assertThat(code(operator, "inbox", "{}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void a_recipient_is_found_upwards_and_an_unknown_one_is_told_with_what_was_meant() {
    var below = bus.agent(home + "/team", "helper", 0);
    assertThat(tell(below, "'title': 't'").get("to").asText()).isEqualTo("boss");
    assertThat(only(boss).get("namespace").asText()).isEqualTo(home + "/team");
    var refusal = bus.refused(below, "notify", "{\"target_agent\": \"bos\", \"title\": \"t\"}");
    assertThat(refusal.code()).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(refusal.getMessage()).contains("'bos'").contains("did you mean 'boss'?");
    assertThat(code(boss, "notify", "{'target_agent': 'helper', 'title': 't'}")).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(call(boss, "notify", "{'target_agent': 'helper', 'title': 't', 'namespace': '" + home + "/team'}").get("to").asText()).isEqualTo("helper");
  }

  @Test
  void what_is_read_is_left_out_before_the_page_is_cut() {
    for (var i = 0; i < 5; i++) {
      ack(boss, tell(worker, "'title': 'read', 'priority': 10"), "");
    }
    tell(worker, "'title': 'unread', 'priority': 1");
    assertThat(inbox(boss, "'limit': 2").get("items").findValuesAsText("title")).containsExactly("unread");
  }

  @Test
  void messages_are_read_by_priority_and_then_arrival_or_by_arrival_alone() {
    for (var priority : new int[] {5, 1, 10, 5, 9}) {
      tell(worker, "'title': 't', 'priority': " + priority);
    }
    assertThat(arrivals(inbox(boss, ""))).containsExactly("3", "5", "1", "4", "2");
    assertThat(arrivals(inbox(boss, "'order': 'arrival'"))).containsExactly("1", "2", "3", "4", "5");
    assertThat(arrivals(inbox(boss, "'min_priority': 5"))).containsExactly("3", "5", "1", "4");
    assertThat(arrivals(inbox(boss, "'after_arrival': 3"))).containsExactly("4", "5");
    assertThat(pages(boss, "")).containsExactly("3", "5", "1", "4", "2");
    assertThat(pages(boss, ", 'order': 'arrival'")).containsExactly("1", "2", "3", "4", "5");
    assertThat(pages(boss, ", 'unread_only': false")).containsExactly("3", "5", "1", "4", "2");
    assertThat(pages(boss, ", 'unread_only': false, 'order': 'arrival', 'min_priority': 5")).containsExactly("1", "3", "4", "5");
    var cursor = inbox(boss, "'limit': 1").get("next");
    assertThat(code(boss, "inbox", "{'cursor': " + cursor + ", 'order': 'arrival'}")).isEqualTo(ProblemCode.INVALID_INPUT);
    assertThat(code(boss, "inbox", "{'cursor': 'nonsense'}")).isEqualTo(ProblemCode.INVALID_INPUT);
    assertThat(code(boss, "inbox", "{'after_arrival': 3, 'order': 'priority'}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void a_reply_joins_the_conversation() {
    var question = tell(worker, "'title': 'question'");
    var answer = call(boss, "notify", "{'target_agent': 'worker', 'title': 'answer', 'reply_to': " + question.get("id") + "}");
    assertThat(answer.get("thread_id")).isEqualTo(question.get("id"));
    var more = call(worker, "notify", "{'target_agent': 'boss', 'title': 'thanks', 'reply_to': " + answer.get("id") + "}");
    assertThat(more.get("thread_id")).isEqualTo(question.get("id"));
    tell(worker, "'title': 'other', 'thread_id': 'other'");
    assertThat(inbox(boss, "'thread_id': " + question.get("id")).get("items").findValuesAsText("title")).containsExactly("thanks");
    ack(boss, more, "");
    assertThat(inbox(boss, "'thread_id': " + question.get("id") + ", 'unread_only': false").get("items").findValuesAsText("title")).containsExactly("thanks");
    assertThat(inbox(boss, "'thread_id': 'other', 'order': 'priority', 'unread_only': false").get("items")).hasSize(1);
    assertThat(code(bus.agent(home, "colleague", 0), "notify", "{'target_agent': 'boss', 'title': 't', 'reply_to': " + question.get("id") + "}"))
        .as("a message that is neither theirs nor for them").isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void a_dedupe_key_answers_the_waiting_message_of_the_same_sender_only() {
    var first = tell(worker, "'title': 'one', 'dedupe_key': 'k'");
    var again = tell(worker, "'title': 'two', 'dedupe_key': 'k'");
    assertThat(again.get("id")).isEqualTo(first.get("id"));
    assertThat(again.get("title").asText()).isEqualTo("one");
    assertThat(again.get("duplicate").asBoolean()).isTrue();
    var others = tell(bus.agent(home, "colleague", 0), "'title': 'three', 'dedupe_key': 'k'");
    assertThat(others.get("duplicate").asBoolean()).isFalse();
    ack(boss, first, "");
    assertThat(tell(worker, "'title': 'four', 'dedupe_key': 'k'").get("duplicate").asBoolean()).isFalse();
    assertThat(inbox(boss, "").get("items").findValuesAsText("title")).containsExactly("three", "four");
  }

  @Test
  void a_message_that_is_put_off_is_hidden_until_its_time() {
    var sent = tell(worker, "'title': 't'");
    tell(worker, "'title': 'later'");
    var deferred = call(boss, "defer_message", "{'message_id': " + sent.get("id") + ", 'seconds': 3600}");
    assertThat(Duration.between(Instant.now(), Instant.parse(deferred.get("deferred_until").asText()))).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
    assertThat(inbox(boss, "").get("items").findValuesAsText("title")).containsExactly("later");
    assertThat(inbox(boss, "'unread_only': false").get("items")).hasSize(2);
    var until = Instant.now().plus(2, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    assertThat(Instant.parse(call(boss, "defer_message", "{'message_id': " + sent.get("id") + ", 'until': '" + until + "'}").get("deferred_until").asText()))
        .isEqualTo(until);
    call(boss, "defer_message", "{'message_id': " + sent.get("id") + ", 'seconds': 0}");
    assertThat(inbox(boss, "").get("items").findValuesAsText("title")).as("at its old place").containsExactly("t", "later");
    assertThat(inbox(boss, "'order': 'arrival'").get("items").findValuesAsText("title")).containsExactly("t", "later");
    ack(boss, sent, "");
    assertThat(code(boss, "defer_message", "{'message_id': " + sent.get("id") + ", 'seconds': 5}")).isEqualTo(ProblemCode.INVALID_TRANSITION);
    assertThat(code(boss, "defer_message", "{'message_id': " + sent.get("id") + "}")).isEqualTo(ProblemCode.INVALID_INPUT);
    assertThat(unacked("boss")).isEqualTo("1");
  }

  @Test
  void what_the_bus_says_of_messages_tells_who_and_whom_and_never_what() {
    var sent = tell(worker, "'title': 'secret title', 'payload': {'secret': 'payload'}, 'thread_id': 't', 'priority': 9");
    ack(boss, sent, ", 'result': {'secret': 'result'}");
    bus.await(() -> bus.bus().sequencer().run());
    var events = call(worker, "list_events", "{'topic': 'message.*', 'namespace': '" + home + "'}").get("items");
    assertThat(events.findValuesAsText("topic")).containsExactly("message.sent", "message.acknowledged");
    assertThat(events.findValuesAsText("source_agent")).containsExactly("worker", "boss");
    assertThat(events.get(0).get("payload")).isEqualTo(json("{'message_id': " + sent.get("id") + ", 'target': 'boss', 'source': 'worker', 'priority': 9,"
        + " 'thread_id': 't', 'action': 'notify', 'actor': 'agent:" + home + "/worker'}"));
    assertThat(events.toString()).doesNotContain("secret");
    assertThat(code(worker, "emit_event", "{'topic': 'message.sent'}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void a_feature_delivers_within_its_transaction_and_hears_of_each_message_alone() {
    var answers = deliver(message("boss", "a", "k"), message("nobody", "b", null), message("boss", "c", "k"), message("worker", "d", null));
    assertThat(answers.get(0)).isInstanceOf(Put.class);
    assertThat(answers.get(1)).isEqualTo(new UnknownRecipient("nobody"));
    assertThat(answers.get(2)).isEqualTo(new Duplicate(((Put) answers.get(0)).id()));
    assertThat(answers.get(3)).isInstanceOf(Put.class);
    var read = only(boss);
    assertThat(read.get("title").asText()).isEqualTo("a");
    assertThat(read.get("from").asText()).isEqualTo("subscription:s");
    ack(boss, read, "");
    bus.await(() -> bus.bus().sequencer().run());
    assertThat(call(worker, "list_events", "{'topic': 'message.*', 'namespace': '" + home + "'}").get("items"))
        .as("neither it nor its acknowledgement is an event: that would go round in circles").isEmpty();
  }

  @Test
  void a_transaction_that_is_given_up_leaves_nothing_in_a_box() {
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> bus.await(() -> bus.bus().database().inTransaction(tx -> {
      bus.bus().inbox().inbox().deliver(tx, List.of(message("boss", "a", "k")));
      throw new IllegalStateException("given up");
    })))).hasMessage("given up");
    assertThat(inbox(boss, "").get("items")).isEmpty();
    assertThat(unacked("boss")).isEqualTo("0");
  }

  @Test
  void many_messages_are_delivered_at_once_in_their_order() {
    var messages = new ArrayList<NewMessage>();
    for (var i = 0; i < 2_500; i++) {
      messages.add(message(i % 2 == 0 ? "boss" : "worker", "m" + i, null));
    }
    assertThat(deliver(messages.toArray(NewMessage[]::new))).allMatch(Put.class::isInstance);
    assertThat(inbox(boss, "'limit': 3").get("items").findValuesAsText("title")).containsExactly("m0", "m2", "m4");
    assertThat(unacked("boss")).isEqualTo("1250");
  }

  @Test
  void what_was_read_stands_in_the_audit() {
    tell(worker, "'title': 't'");
    only(boss);
    bus.await(() -> {
      bus.bus().reads().flush();
      return true;
    });
    assertThat(truth("SELECT string_agg(operation || ' ' || rows_read, ', ') FROM read_log WHERE actor = ?", "agent:" + home + "/boss"))
        .isEqualTo("inbox 1");
  }

  @Test
  void a_call_that_is_repeated_with_its_key_sends_once() {
    var input = "{'target_agent': 'boss', 'title': 't'}";
    var first = call(worker, "notify", input, "send-" + home);
    assertThat(call(worker, "notify", input, "send-" + home)).isEqualTo(first);
    assertThat(only(boss).get("id")).isEqualTo(first.get("id"));
  }

  private List<Delivered> deliver(NewMessage... messages) {
    return bus.await(() -> bus.bus().inbox().inbox().deliver(bus.bus().database(), List.of(messages)));
  }

  private NewMessage message(String target, String title, @Nullable String key) {
    return new NewMessage(Ids.next(), new NamespacePath(home), target, title, "{}", 5, null, null, null, key, null, "subscription:s", "bus");
  }

  private List<String> pages(Caller reader, String more) {
    var found = new ArrayList<String>();
    var cursor = "";
    do {
      var page = inbox(reader, "'limit': 2" + more + cursor);
      found.addAll(arrivals(page));
      cursor = page.get("next").isNull() ? "" : ", 'cursor': " + page.get("next");
    } while (!cursor.isEmpty());
    return found;
  }

  private static List<String> arrivals(JsonNode page) {
    return page.get("items").findValuesAsText("arrival");
  }

  private JsonNode tell(Caller sender, String fields) {
    return call(sender, "notify", "{'target_agent': 'boss', " + fields + "}");
  }

  private JsonNode inbox(Caller reader, String fields) {
    return call(reader, "inbox", "{" + fields + "}");
  }

  private JsonNode only(Caller reader) {
    var items = inbox(reader, "").get("items");
    assertThat(items).hasSize(1);
    return items.get(0);
  }

  private static JsonNode ack(Caller reader, JsonNode message, String more) {
    return call(reader, "ack_message", "{'message_id': " + message.get("id") + more + "}");
  }

  private static String ref(JsonNode message) {
    return "{'message_id': " + message.get("id") + "}";
  }

  private String unacked(String agent) {
    return truth("SELECT b.unacked FROM message_boxes b JOIN agents a USING (agent_no) JOIN namespaces n ON n.id = a.namespace_id"
        + " WHERE n.path || '/' || a.name = ?", home + "/" + agent);
  }

  private static String truth(String query, String parameter) {
    return new Truth(DATABASE.url()).one(query, parameter);
  }

  private static JsonNode call(Caller caller, String operation, String input) {
    return bus.call(caller, operation, input.replace('\'', '"'));
  }

  private static JsonNode call(Caller caller, String operation, String input, String key) {
    return bus.call(caller, operation, input.replace('\'', '"'), key);
  }

  private static @Nullable ProblemCode code(Caller caller, String operation, String input) {
    return bus.code(caller, operation, input.replace('\'', '"'));
  }

  private static JsonNode json(String text) {
    try {
      return io.agentbus.op.Json.MAPPER.readTree(text.replace('\'', '"'));
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
