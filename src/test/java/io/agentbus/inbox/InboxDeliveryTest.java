package io.agentbus.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.inbox.Delivered.Duplicate;
import io.agentbus.inbox.Delivered.Put;
import io.agentbus.inbox.Delivered.UnknownRecipient;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Messages come into boxes once, with the transaction that sends them, and what the bus says of them does not tell what they say. */
@Timeout(60)
class InboxDeliveryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static InboxRoom room;
  private static int count;
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
  void a_dedupe_key_answers_the_waiting_message_of_the_same_sender_only() {
    var first = room.tell(worker, "'title': 'one', 'dedupe_key': 'k'");
    var again = room.tell(worker, "'title': 'two', 'dedupe_key': 'k'");
    assertThat(again.get("id")).isEqualTo(first.get("id"));
    assertThat(again.get("title").asText()).isEqualTo("one");
    assertThat(again.get("duplicate").asBoolean()).isTrue();
    var others = room.tell(room.bus.agent(home, "colleague", 0), "'title': 'three', 'dedupe_key': 'k'");
    assertThat(others.get("duplicate").asBoolean()).isFalse();
    room.ack(boss, first, "");
    assertThat(room.tell(worker, "'title': 'four', 'dedupe_key': 'k'").get("duplicate").asBoolean()).isFalse();
    assertThat(room.inbox(boss, "").get("items").findValuesAsText("title")).containsExactly("three", "four");
  }

  @Test
  void what_the_bus_says_of_messages_tells_who_and_whom_and_never_what() {
    var sent = room.tell(worker, "'title': 'secret title', 'payload': {'secret': 'payload'}, 'thread_id': 't', 'priority': 9");
    room.ack(boss, sent, ", 'result': {'secret': 'result'}");
    room.bus.await(() -> room.bus.bus().sequencer().run());
    var events = room.call(worker, "list_events", "{'topic': 'message.*', 'namespace': '" + home + "'}").get("items");
    assertThat(events.findValuesAsText("topic")).containsExactly("message.sent", "message.acknowledged");
    assertThat(events.findValuesAsText("source_agent")).containsExactly("worker", "boss");
    assertThat(events.get(0).get("payload")).isEqualTo(InboxRoom.json("{'message_id': " + sent.get("id") + ", 'target': 'boss',"
        + " 'target_namespace': '" + home + "', 'source': 'worker', 'priority': 9, 'thread_id': 't', 'action': 'notify', 'actor': 'agent:" + home + "/worker'}"));
    assertThat(events.toString()).doesNotContain("secret");
    assertThat(room.code(worker, "emit_event", "{'topic': 'message.sent'}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void a_feature_delivers_within_its_transaction_and_hears_of_each_message_alone() {
    var answers = room.deliver(room.message(home, "boss", "a", "k"), room.message(home, "nobody", "b", null), room.message(home, "boss", "c", "k"), room.message(home, "worker", "d", null));
    assertThat(answers.get(0)).isInstanceOf(Put.class);
    assertThat(answers.get(1)).isEqualTo(new UnknownRecipient("nobody"));
    assertThat(answers.get(2)).isEqualTo(new Duplicate(((Put) answers.get(0)).id()));
    assertThat(answers.get(3)).isInstanceOf(Put.class);
    var read = room.only(boss);
    assertThat(read.get("title").asText()).isEqualTo("a");
    assertThat(read.get("from").asText()).isEqualTo("subscription:s");
    room.ack(boss, read, "");
    room.bus.await(() -> room.bus.bus().sequencer().run());
    assertThat(room.call(worker, "list_events", "{'topic': 'message.*', 'namespace': '" + home + "'}").get("items"))
        .as("neither it nor its acknowledgement is an event: that would go round in circles").isEmpty();
  }

  @Test
  void a_transaction_that_is_given_up_leaves_nothing_in_a_box() {
    assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> room.bus.await(() -> room.bus.bus().database().inTransaction(tx -> {
      room.bus.bus().inbox().inbox().deliver(tx, List.of(room.message(home, "boss", "a", "k")));
      throw new IllegalStateException("given up");
    })))).hasMessage("given up");
    assertThat(room.inbox(boss, "").get("items")).isEmpty();
    assertThat(room.unacked(home, "boss")).isEqualTo("0");
  }

  @Test
  void a_call_that_is_repeated_with_its_key_sends_once() {
    var input = "{'target_agent': 'boss', 'title': 't'}";
    var first = room.call(worker, "notify", input, "send-" + home);
    assertThat(room.call(worker, "notify", input, "send-" + home)).isEqualTo(first);
    assertThat(room.only(boss).get("id")).isEqualTo(first.get("id"));
  }
}
