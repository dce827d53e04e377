package io.agentbus.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.id.Ids;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages keep what was said and who said it, until they are acknowledged, and nobody reads what is for another. */
@Timeout(60)
class InboxTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static InboxRoom room;
  private static int count;
  private final Caller operator = TestBus.operator();
  private String home;
  private Caller boss;
  private Caller worker;

  @BeforeAll
  static void open() {
    room = new InboxRoom(DATABASE);
  }

  @AfterAll
  static void close() {
    room.close();
  }

  @BeforeEach
  void registerAgents() {
    home = "n" + ++count;
    boss = room.bus.agent(home, "boss", 0);
    worker = room.bus.agent(home, "worker", 0);
  }

  @Test
  void a_message_keeps_all_that_was_said_and_who_said_it() {
    var sent = room.tell(worker, "'title': 'phase complete', 'payload': {'verdict': 'pass', 'minutes': 1.5}, 'priority': 8, 'thread_id': 't',"
        + " 'correlation_key': 'c', 'dedupe_key': 'd'");
    assertThat(sent.get("duplicate").asBoolean(true)).isFalse();
    var read = room.only(boss);
    assertThat(read.get("from").asText()).isEqualTo("worker");
    assertThat(read.get("sent_by").asText()).isEqualTo("agent:" + home + "/worker");
    assertThat(read.get("source_agent").asText()).isEqualTo("worker");
    assertThat(read.get("to").asText()).isEqualTo("boss");
    assertThat(read.get("namespace").asText()).isEqualTo(home);
    assertThat(read.get("payload")).isEqualTo(InboxRoom.json("{'verdict': 'pass', 'minutes': 1.5}"));
    assertThat(read.get("acked_at").isNull()).isTrue();
    assertThat(read.get("result").isNull()).isTrue();
    for (var field : read.properties()) {
      assertThat(field.getValue()).as(field.getKey()).isEqualTo(sent.get(field.getKey()));
    }
  }

  @Test
  void two_messages_of_one_title_are_two_with_their_true_senders() {
    var colleague = room.bus.agent(home, "colleague", 0);
    room.tell(worker, "'title': 'Phase complete', 'payload': {'n': 1}");
    room.tell(colleague, "'title': 'Phase complete', 'payload': {'n': 2}");
    room.tell(colleague, "'title': 'Phase complete', 'payload': {'n': 2}");
    var items = room.inbox(boss, "").get("items");
    assertThat(items.findValuesAsText("from")).containsExactly("worker", "colleague", "colleague");
    assertThat(items.findValuesAsText("n")).containsExactly("1", "2", "2");
  }

  @Test
  void an_operator_may_speak_for_an_agent_and_is_told_as_who_sent_it() {
    var sent = room.call(operator, "notify", "{'namespace': '" + home + "', 'target_agent': 'boss', 'title': 't', 'source_agent': 'worker'}");
    assertThat(sent.get("source_agent").asText()).isEqualTo("worker");
    assertThat(sent.get("from").asText()).isEqualTo("operator");
    assertThat(room.only(boss).get("from").asText()).isEqualTo("operator");
    assertThat(room.code(worker, "notify", "{'target_agent': 'boss', 'title': 't', 'source_agent': 'boss'}")).isEqualTo(ProblemCode.FORBIDDEN);
  }

  @Test
  void listing_changes_nothing_and_a_message_stays_until_it_is_acknowledged() {
    var sent = room.tell(worker, "'title': 't'");
    for (var i = 0; i < 3; i++) {
      assertThat(room.only(boss).get("id")).isEqualTo(sent.get("id"));
    }
    var acked = room.ack(boss, sent, ", 'result': {'page': 'updated'}");
    assertThat(acked.get("acked_by").asText()).isEqualTo("boss");
    assertThat(acked.get("result")).isEqualTo(InboxRoom.json("{'page': 'updated'}"));
    assertThat(room.inbox(boss, "").get("items")).isEmpty();
    assertThat(room.inbox(boss, "'unread_only': false").at("/items/0/result")).isEqualTo(InboxRoom.json("{'page': 'updated'}"));
    assertThat(room.call(worker, "get_message", InboxRoom.ref(sent)).get("result")).as("its sender hears what came of it").isEqualTo(InboxRoom.json("{'page': 'updated'}"));
  }

  @Test
  void the_first_acknowledgement_wins_and_a_second_one_hears_it() {
    var sent = room.tell(worker, "'title': 't'");
    var first = room.ack(boss, sent, ", 'result': {'n': 1}");
    assertThat(room.ack(boss, sent, ", 'result': {'n': 2}")).isEqualTo(first);
    assertThat(room.ack(operator, sent, "")).isEqualTo(first);
    assertThat(room.call(boss, "ack_message", InboxRoom.ref(sent), "key-" + home)).isEqualTo(first);
    assertThat(room.truth("SELECT count(*) FROM journal WHERE action = 'ack_message' AND detail->>'message_id' = ?", sent.get("id").asText())).isEqualTo("1");
  }

  @Test
  void nobody_reads_or_acknowledges_what_is_for_another() {
    var sent = room.tell(worker, "'title': 't'");
    var colleague = room.bus.agent(home, "colleague", 0);
    var stranger = room.bus.agent(home + "-elsewhere", "stranger", 0);
    assertThat(room.code(colleague, "inbox", "{'agent': 'boss'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.code(stranger, "inbox", "{'agent': 'boss'}")).isEqualTo(ProblemCode.NOT_FOUND);
    for (var operation : List.of("get_message", "ack_message", "defer_message")) {
      var input = operation.equals("defer_message") ? "{'message_id': " + sent.get("id") + ", 'seconds': 5}" : InboxRoom.ref(sent);
      assertThat(room.code(colleague, operation, input)).as(operation).isEqualTo(ProblemCode.FORBIDDEN);
      assertThat(room.code(stranger, operation, input)).as(operation).isEqualTo(ProblemCode.NOT_FOUND);
      assertThat(room.code(TestBus.operatorOf(home + "-elsewhere"), operation, input)).as(operation).isEqualTo(ProblemCode.NOT_FOUND);
    }
    assertThat(room.code(worker, "ack_message", InboxRoom.ref(sent))).as("its sender cannot acknowledge it").isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.call(operator, "inbox", "{'agent': 'boss', 'namespace': '" + home + "'}").get("items")).hasSize(1);
    assertThat(room.call(colleague, "inbox", "{}").get("items")).isEmpty();
    assertThat(room.code(operator, "inbox", "{}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void a_recipient_is_found_upwards_and_an_unknown_one_is_told_with_what_was_meant() {
    var below = room.bus.agent(home + "/team", "helper", 0);
    assertThat(room.tell(below, "'title': 't'").get("to").asText()).isEqualTo("boss");
    assertThat(room.only(boss).get("namespace").asText()).isEqualTo(home + "/team");
    var refusal = room.bus.refused(below, "notify", "{\"target_agent\": \"bos\", \"title\": \"t\"}");
    assertThat(refusal.code()).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(refusal.getMessage()).contains("'bos'").contains("did you mean 'boss'?");
    assertThat(room.code(boss, "notify", "{'target_agent': 'helper', 'title': 't'}")).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(room.call(boss, "notify", "{'target_agent': 'helper', 'title': 't', 'namespace': '" + home + "/team'}").get("to").asText()).isEqualTo("helper");
  }

  @Test
  void a_reply_joins_the_conversation() {
    var question = room.tell(worker, "'title': 'question'");
    var answer = room.call(boss, "notify", "{'target_agent': 'worker', 'title': 'answer', 'reply_to': " + question.get("id") + "}");
    assertThat(answer.get("thread_id")).isEqualTo(question.get("id"));
    var more = room.call(worker, "notify", "{'target_agent': 'boss', 'title': 'thanks', 'reply_to': " + answer.get("id") + "}");
    assertThat(more.get("thread_id")).isEqualTo(question.get("id"));
    room.tell(worker, "'title': 'other', 'thread_id': 'other'");
    assertThat(room.inbox(boss, "'thread_id': " + question.get("id")).get("items").findValuesAsText("title")).containsExactly("thanks");
    room.ack(boss, more, "");
    assertThat(room.inbox(boss, "'thread_id': " + question.get("id") + ", 'unread_only': false").get("items").findValuesAsText("title")).containsExactly("thanks");
    assertThat(room.inbox(boss, "'thread_id': 'other', 'order': 'priority', 'unread_only': false").get("items")).hasSize(1);
    assertThat(room.code(room.bus.agent(home, "colleague", 0), "notify", "{'target_agent': 'boss', 'title': 't', 'reply_to': " + question.get("id") + "}"))
        .as("a message that is neither theirs nor for them").isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void what_was_read_stands_in_the_audit() {
    room.tell(worker, "'title': 't'");
    room.only(boss);
    room.bus.await(() -> {
      room.bus.bus().reads().flush();
      return true;
    });
    assertThat(room.truth("SELECT string_agg(operation || ' ' || rows_read, ', ') FROM read_log WHERE actor = ?", "agent:" + home + "/boss"))
        .isEqualTo("inbox 1");
  }

  @Test
  void a_token_that_bears_anothers_name_elsewhere_reads_nothing_of_what_that_one_sent() {
    var ci = service(home);
    var sent = room.tell(ci, "'title': 't', 'thread_id': 'secret'");
    assertThat(room.call(ci, "get_message", InboxRoom.ref(sent)).get("title").asText()).isEqualTo("t");
    var elsewhere = home + "-elsewhere";
    room.bus.agent(elsewhere, "boss", 0);
    var reply = "{'target_agent': 'boss', 'title': 't', 'reply_to': " + sent.get("id") + "}";
    for (var stranger : List.of(service(elsewhere), TestBus.operatorOf(elsewhere))) {
      assertThat(room.code(stranger, "get_message", InboxRoom.ref(sent))).isEqualTo(ProblemCode.NOT_FOUND);
      assertThat(room.code(stranger, "notify", reply)).as("a thread that is not theirs").isEqualTo(ProblemCode.INVALID_INPUT);
    }
    assertThat(room.call(ci, "notify", reply).get("thread_id").asText()).isEqualTo("secret");
  }

  private static Caller service(String namespace) {
    return new Caller(Ids.next(), "ci", null, List.of(new NamespacePath(namespace)), EnumSet.of(Right.READ, Right.ASK));
  }
}
