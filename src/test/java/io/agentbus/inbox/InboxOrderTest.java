package io.agentbus.inbox;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.inbox.Delivered.Put;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is to be read comes in an order that can be followed, page by page, and what was put off comes back. */
@Timeout(60)
class InboxOrderTest {
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
  void what_is_read_is_left_out_before_the_page_is_cut() {
    for (var i = 0; i < 5; i++) {
      room.ack(boss, room.tell(worker, "'title': 'read', 'priority': 10"), "");
    }
    room.tell(worker, "'title': 'unread', 'priority': 1");
    assertThat(room.inbox(boss, "'limit': 2").get("items").findValuesAsText("title")).containsExactly("unread");
  }

  @Test
  void messages_are_read_by_priority_and_then_arrival_or_by_arrival_alone() {
    for (var priority : new int[] {5, 1, 10, 5, 9}) {
      room.tell(worker, "'title': 't', 'priority': " + priority);
    }
    assertThat(InboxRoom.arrivals(room.inbox(boss, ""))).containsExactly("3", "5", "1", "4", "2");
    assertThat(InboxRoom.arrivals(room.inbox(boss, "'order': 'arrival'"))).containsExactly("1", "2", "3", "4", "5");
    assertThat(InboxRoom.arrivals(room.inbox(boss, "'min_priority': 5"))).containsExactly("3", "5", "1", "4");
    assertThat(InboxRoom.arrivals(room.inbox(boss, "'after_arrival': 3"))).containsExactly("4", "5");
    assertThat(room.pages(boss, "")).containsExactly("3", "5", "1", "4", "2");
    assertThat(room.pages(boss, ", 'order': 'arrival'")).containsExactly("1", "2", "3", "4", "5");
    assertThat(room.pages(boss, ", 'unread_only': false")).containsExactly("3", "5", "1", "4", "2");
    assertThat(room.pages(boss, ", 'unread_only': false, 'order': 'arrival', 'min_priority': 5")).containsExactly("1", "3", "4", "5");
    var cursor = room.inbox(boss, "'limit': 1").get("next");
    assertThat(room.code(boss, "inbox", "{'cursor': " + cursor + ", 'order': 'arrival'}")).isEqualTo(ProblemCode.INVALID_INPUT);
    assertThat(room.code(boss, "inbox", "{'cursor': 'nonsense'}")).isEqualTo(ProblemCode.INVALID_INPUT);
    assertThat(room.code(boss, "inbox", "{'after_arrival': 3, 'order': 'priority'}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void a_message_that_is_put_off_is_hidden_until_its_time() {
    var sent = room.tell(worker, "'title': 't'");
    room.tell(worker, "'title': 'later'");
    var deferred = room.call(boss, "defer_message", "{'message_id': " + sent.get("id") + ", 'seconds': 3600}");
    assertThat(Duration.between(Instant.now(), Instant.parse(deferred.get("deferred_until").asText()))).isBetween(Duration.ofMinutes(59), Duration.ofMinutes(60));
    assertThat(room.inbox(boss, "").get("items").findValuesAsText("title")).containsExactly("later");
    assertThat(room.inbox(boss, "'unread_only': false").get("items")).hasSize(2);
    var until = Instant.now().plus(2, ChronoUnit.DAYS).truncatedTo(ChronoUnit.SECONDS);
    assertThat(Instant.parse(room.call(boss, "defer_message", "{'message_id': " + sent.get("id") + ", 'until': '" + until + "'}").get("deferred_until").asText()))
        .isEqualTo(until);
    room.call(boss, "defer_message", "{'message_id': " + sent.get("id") + ", 'seconds': 0}");
    assertThat(room.inbox(boss, "").get("items").findValuesAsText("title")).as("at its old place").containsExactly("t", "later");
    assertThat(room.inbox(boss, "'order': 'arrival'").get("items").findValuesAsText("title")).containsExactly("t", "later");
    room.ack(boss, sent, "");
    assertThat(room.code(boss, "defer_message", "{'message_id': " + sent.get("id") + ", 'seconds': 5}")).isEqualTo(ProblemCode.INVALID_TRANSITION);
    assertThat(room.code(boss, "defer_message", "{'message_id': " + sent.get("id") + "}")).isEqualTo(ProblemCode.INVALID_INPUT);
    assertThat(room.unacked(home, "boss")).isEqualTo("1");
  }

  @Test
  void many_messages_are_delivered_at_once_in_their_order() {
    var messages = new ArrayList<NewMessage>();
    for (var i = 0; i < 2_500; i++) {
      messages.add(room.message(home, i % 2 == 0 ? "boss" : "worker", "m" + i, null));
    }
    assertThat(room.deliver(messages.toArray(NewMessage[]::new))).allMatch(Put.class::isInstance);
    assertThat(room.inbox(boss, "'limit': 3").get("items").findValuesAsText("title")).containsExactly("m0", "m2", "m4");
    assertThat(room.unacked(home, "boss")).isEqualTo("1250");
  }
}
