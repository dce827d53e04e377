package io.agentbus.memorybus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is wrong with messages in ai-memory v0.6.3.1 is right here, by the same names. */
@Timeout(60)
class MemoryTrapsTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static MemoryRoom room;
  private static int rooms;
  private Caller orchestrator;
  private Caller first;
  private Caller second;
  private String name;

  @BeforeAll
  static void open() {
    room = new MemoryRoom(DATABASE);
  }

  @AfterAll
  static void close() {
    room.close();
  }

  /** New agents for each test, workers below their orchestrator. */
  @BeforeEach
  void agents() {
    var namespace = "release/v" + ++rooms;
    name = "ai:orchestrator@host-" + rooms;
    orchestrator = room.agent(namespace, name);
    first = room.agent(namespace + "/phase1", "worker-1");
    second = room.agent(namespace + "/phase2", "worker-2");
  }

  @Test
  void t1_two_messages_of_one_title_are_two() {
    var one = notify(first, "Phase complete", "8");
    var two = notify(second, "Phase complete", "8");
    assertThat(one.get("id")).isNotEqualTo(two.get("id"));
    assertThat(one.properties()).extracting(entry -> entry.getKey()).containsExactly("id", "from", "to", "namespace", "tier", "delivered_at");
    assertThat(one.get("namespace").asText()).isEqualTo("_messages/" + name);
    var inbox = inbox("{}");
    assertThat(inbox.get("messages").findValuesAsText("from")).containsExactly("worker-1", "worker-2");
    assertThat(inbox.get("messages").findValuesAsText("payload")).containsExactly("from worker-1", "from worker-2");
  }

  @Test
  void t2_a_message_is_unread_until_it_is_acknowledged_whatever_looks_at_it() {
    var id = notify(first, "look", "5").get("id").asText();
    inbox("{}");
    room.call(orchestrator, "memory_recall", "{'context': 'look'}");
    assertThat(inbox("{'unread_only': true}").at("/messages/0/read").asBoolean()).isFalse();
    room.call(orchestrator, "ack_message", "{'message_id': '" + id + "', 'result': {'seen': true}}");
    assertThat(inbox("{'unread_only': true}").get("count").asInt()).isZero();
    assertThat(inbox("{}").at("/messages/0/read").asBoolean()).isTrue();
    assertThat(inbox("{}").at("/messages/0/access_count").asInt()).isEqualTo(1);
  }

  @Test
  void t3_unread_is_asked_before_the_limit() {
    for (var i = 0; i < 5; i++) {
      room.call(orchestrator, "ack_message", "{'message_id': '" + notify(first, "loud " + i, "10").get("id").asText() + "'}");
    }
    notify(first, "quiet", "1");
    assertThat(inbox("{'unread_only': true, 'limit': 3}").at("/messages/0/title").asText()).isEqualTo("quiet");
  }

  @Test
  void t4_nobody_reads_anothers_inbox() {
    notify(first, "private", "5");
    assertThat(room.code(second, "memory_inbox", "{'agent_id': '" + name + "'}")).isIn(ProblemCode.FORBIDDEN, ProblemCode.NOT_FOUND);
    assertThat(room.code(orchestrator, "memory_inbox", "{'agent_id': 'worker-1'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.call(TestBus.operator(), "memory_inbox", "{'agent_id': '" + name + "'}").get("count").asInt()).isEqualTo(1);
  }

  @Test
  void t5_an_unread_message_does_not_expire() {
    notify(first, "old", "5");
    room.sql("UPDATE agentbus.message_facts SET created_at = created_at - interval '400 days'");
    while (room.bus.await(() -> room.bus.bus().memory().expiry().removeExpired(100)) > 0) {
      // The next hundred.
    }
    assertThat(inbox("{'unread_only': true}").at("/messages/0/title").asText()).isEqualTo("old");
  }

  @Test
  void t6_a_message_is_an_event_that_tells_nothing_of_its_words() {
    var id = notify(first, "top secret title", "5").get("id").asText();
    room.bus.await(() -> room.bus.bus().sequencer().run());
    var events = room.call(TestBus.operator(), "list_events", "{'topic': 'message.sent', 'limit': 500}").get("items");
    var told = new ArrayList<JsonNode>();
    events.forEach(event -> {
      if (event.toString().contains(id)) {
        told.add(event);
      }
    });
    assertThat(told).hasSize(1);
    assertThat(told.getFirst().toString()).doesNotContain("top secret title").doesNotContain("from worker-1");
  }

  @Test
  void t7_the_sender_is_the_tokens_agent_and_an_address_to_answer_to() {
    notify(orchestrator, "worker-1", "task", "5");
    var got = room.call(first, "memory_inbox", "{}").at("/messages/0");
    assertThat(got.get("from").asText()).isEqualTo(name);
    notify(first, got.get("from").asText(), "done", "5");
    assertThat(inbox("{}").at("/messages/0/from").asText()).isEqualTo("worker-1");
    assertThat(room.code(first, "memory_notify", "{'target_agent_id': '" + name + "', 'title': 't', 'payload': 'p', 'agent_id': 'worker-2'}"))
        .isEqualTo(ProblemCode.FORBIDDEN);
  }

  @Test
  void t8_a_reader_goes_on_where_it_was_in_the_order_of_arrival() {
    for (var i = 0; i < 5; i++) {
      notify(first, "m" + i, Integer.toString(10 - i));
    }
    var titles = new ArrayList<String>();
    String cursor = null;
    do {
      var page = inbox("{'order': 'arrival', 'limit': 2" + (cursor == null ? "" : ", 'cursor': '" + cursor + "'") + "}");
      titles.addAll(page.get("messages").findValuesAsText("title"));
      cursor = page.has("next") ? page.get("next").asText() : null;
    } while (cursor != null);
    assertThat(titles).isEqualTo(List.of("m0", "m1", "m2", "m3", "m4"));
  }

  @Test
  void a_message_to_nobody_is_refused() {
    var refusal = room.refused(first, "memory_notify", "{'target_agent_id': 'ghost', 'title': 't', 'payload': 'p'}");
    assertThat(refusal.code()).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(refusal.getMessage()).contains("/target_agent_id", "memory_agent_register");
  }

  @Test
  void who_bears_the_name_of_another_can_be_answered() {
    var lead = room.agent("release/answer", "lead");
    var one = room.agent("release/answer/one", "wk");
    var two = room.agent("release/answer/two", "wk");
    for (var from : List.of(one, two)) {
      room.call(from, "memory_notify", "{'target_agent_id': 'lead', 'title': 'done', 'payload': 'p'}");
    }
    room.call(TestBus.operatorOf("release/answer"), "memory_notify", "{'target_agent_id': 'lead', 'title': 'from no agent', 'payload': 'p'}");
    var messages = room.call(lead, "memory_inbox", "{'order': 'arrival'}").get("messages");
    assertThat(messages.findValuesAsText("from_namespace")).containsExactly("release/answer/one", "release/answer/two");
    var second = messages.get(1);
    assertThat(room.code(lead, "memory_notify", "{'target_agent_id': 'wk', 'title': 'thanks', 'payload': 'p'}")).isEqualTo(ProblemCode.INVALID_INPUT);
    room.call(lead, "memory_notify", "{'target_agent_id': '" + second.get("from").asText() + "', 'namespace': '" + second.get("from_namespace").asText()
        + "', 'title': 'thanks', 'payload': 'p'}");
    assertThat(room.call(two, "memory_inbox", "{}").get("count").asInt()).isEqualTo(1);
    assertThat(room.call(one, "memory_inbox", "{}").get("count").asInt()).isZero();
  }

  @Test
  void an_operator_registers_the_agent_that_there_is_and_makes_no_second_one() {
    var itself = room.agent("release/known/deep", "o-" + rooms);
    room.call(TestBus.operator(), "memory_agent_register", "{'agent_id': 'o-" + rooms + "', 'agent_type': 'human'}");
    assertThat(room.value("SELECT count(*) FROM agentbus.agents WHERE name = 'o-" + rooms + "'")).isEqualTo("1");
    room.call(TestBus.operator(), "memory_notify", "{'target_agent_id': 'o-" + rooms + "', 'title': 'hello', 'payload': 'p'}");
    assertThat(room.call(itself, "memory_inbox", "{}").get("count").asInt()).isEqualTo(1);
    room.agent("release/known/other", "o-" + rooms);
    var which = "{'agent_id': 'o-" + rooms + "', 'agent_type': 'human'";
    assertThat(room.refused(TestBus.operator(), "memory_agent_register", which + "}").getMessage()).contains("release/known/deep", "release/known/other");
    assertThat(room.code(TestBus.operator(), "memory_agent_register", which + ", 'namespace': 'release/known/other'}")).isNull();
  }

  @Test
  void an_agent_that_an_operator_registers_by_its_name_can_be_written_to_before_it_comes() {
    var agent = "ai:claude-code@laptop-" + rooms;
    var registered = room.call(TestBus.operator(), "memory_agent_register",
        "{'agent_id': '" + agent + "', 'agent_type': 'ai:claude-opus-4.7', 'capabilities': ['read']}");
    assertThat(registered.get("registered").asBoolean()).isTrue();
    assertThat(registered.get("capabilities")).hasSize(1);
    room.call(TestBus.operator(), "memory_notify", "{'target_agent_id': '" + agent + "', 'title': 'welcome', 'payload': 'p'}");
    var itself = room.agent("default", agent);
    assertThat(room.call(itself, "memory_inbox", "{}").at("/messages/0/title").asText()).isEqualTo("welcome");
    assertThat(room.code(itself, "memory_agent_register", "{'agent_id': 'somebody', 'agent_type': 'human'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.code(itself, "memory_agent_register", "{'agent_id': '" + agent + "', 'agent_type': 'robot'}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  private JsonNode notify(Caller from, String title, String priority) {
    return notify(from, name, title, priority);
  }

  private static JsonNode notify(Caller from, String to, String title, String priority) {
    return room.call(from, "memory_notify",
        "{'target_agent_id': '" + to + "', 'title': '" + title + "', 'payload': 'from " + from.name() + "', 'priority': " + priority + "}");
  }

  private JsonNode inbox(String input) {
    return room.call(orchestrator, "memory_inbox", input);
  }
}
