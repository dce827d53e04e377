package io.agentbus.memorybus;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Links tell in their order what belongs to an entry. */
@Timeout(60)
class MemoryLinksTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static MemoryRoom room;
  private static Caller ann;
  private static Caller bob;

  @BeforeAll
  static void open() {
    room = new MemoryRoom(DATABASE);
    ann = room.agent("acme", "ann");
    bob = room.agent("acme/team", "bob");
  }

  @AfterAll
  static void close() {
    room.close();
  }

  @Test
  void the_timeline_of_a_campaigns_root_tells_the_whole_run() {
    var orchestrator = room.agent("release/v0.6.3", "ai:orchestrator@host");
    var root = room.store(orchestrator, "release/v0.6.3", "campaign", "the run");
    var expected = new ArrayList<String>();
    for (var phase = 1; phase <= 4; phase++) {
      for (var scenario = 1; scenario <= 60; scenario++) {
        var id = room.store(orchestrator, "release/v0.6.3/phase" + phase, "s" + scenario, "passed");
        room.call(orchestrator, "memory_link", "{'source_id': '" + root + "', 'target_id': '" + id + "', 'valid_from': '2026-04-0" + phase + "T10:"
            + (scenario < 10 ? "0" : "") + (scenario - 1 < 60 && scenario < 60 ? scenario : 59) + ":00Z'}");
        expected.add(id);
      }
    }
    var told = room.call(orchestrator, "memory_kg_timeline", "{'source_id': '" + root + "', 'limit': 1000}");
    assertThat(told.get("count").asInt()).isEqualTo(240);
    assertThat(told.get("events").findValuesAsText("target_id")).containsExactlyInAnyOrderElementsOf(expected);
    assertThat(told.get("events").findValuesAsText("valid_from")).isSorted();
    var event = told.at("/events/0");
    assertThat(event.properties()).extracting(entry -> entry.getKey())
        .containsExactly("target_id", "relation", "valid_from", "valid_until", "observed_by", "title", "target_namespace");
    assertThat(event.get("observed_by").asText()).isEqualTo("ai:orchestrator@host");
    assertThat(event.get("target_namespace").asText()).isEqualTo("release/v0.6.3/phase1");
    assertThat(room.call(orchestrator, "memory_kg_timeline", "{'source_id': '" + root + "'}").get("count").asInt()).isEqualTo(200);
    assertThat(room.call(orchestrator, "memory_kg_timeline", "{'source_id': '" + root + "', 'limit': 0}").get("count").asInt()).isEqualTo(1);
    assertThat(room.call(orchestrator, "memory_kg_timeline", "{'source_id': '" + root + "', 'limit': 99999}").get("count").asInt()).isEqualTo(240);
  }

  @Test
  void since_and_until_are_included() {
    var root = room.store(ann, "acme/times", "root", "c");
    for (var hour = 1; hour <= 4; hour++) {
      link(ann, root, room.store(ann, "acme/times", "h" + hour, "c"), ", 'valid_from': '2026-01-01T0" + hour + ":00:00Z'");
    }
    assertThat(room.titles(ann, "memory_kg_timeline",
        "{'source_id': '" + root + "', 'since': '2026-01-01T02:00:00Z', 'until': '2026-01-01T03:00:00Z'}", "events")).containsExactly("h2", "h3");
  }

  @Test
  void a_link_without_a_time_is_valid_from_now_and_the_same_twice_is_one() {
    var root = room.store(ann, "acme/twice", "root", "c");
    var other = room.store(ann, "acme/twice", "other", "c");
    assertThat(link(ann, root, other, "").get("linked").asBoolean()).isTrue();
    assertThat(link(ann, root, other, "").path("duplicate").asBoolean()).isTrue();
    assertThat(room.call(ann, "memory_kg_timeline", "{'source_id': '" + root + "'}").get("count").asInt()).isEqualTo(1);
    assertThat(room.code(ann, "memory_link", "{'source_id': '" + root + "', 'target_id': '" + root + "'}")).isEqualTo(ProblemCode.INVALID_INPUT);
    assertThat(room.code(ann, "memory_link", "{'source_id': '" + root + "', 'target_id': '0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42'}"))
        .isEqualTo(ProblemCode.NOT_FOUND);
  }

  @Test
  void a_timeline_tells_only_what_its_reader_may_see() {
    var root = room.store(bob, "acme/team", "root of bob", "c");
    var above = room.store(ann, "acme", "above", "c");
    link(ann, root, above, "");
    link(ann, root, room.store(ann, "acme/team", "beside", "c"), "");
    assertThat(room.titles(bob, "memory_kg_timeline", "{'source_id': '" + root + "'}", "events")).containsExactly("beside");
    assertThat(room.titles(ann, "memory_kg_timeline", "{'source_id': '" + root + "'}", "events")).containsExactly("above", "beside");
    assertThat(room.code(bob, "memory_link", "{'source_id': '" + root + "', 'target_id': '" + above + "'}")).isEqualTo(ProblemCode.NOT_FOUND);
  }

  @Test
  void what_links_lead_to_is_told_by_steps_and_by_time() {
    var ids = new ArrayList<String>();
    for (var i = 0; i < 4; i++) {
      ids.add(room.store(ann, "acme/graph", "n" + i, "c"));
    }
    for (var i = 0; i < 3; i++) {
      link(ann, ids.get(i), ids.get(i + 1), ", 'valid_from': '2026-01-0" + (i + 1) + "T00:00:00Z'");
    }
    link(ann, ids.get(3), ids.get(0), "");
    var near = room.call(ann, "memory_kg_query", "{'source_id': '" + ids.get(0) + "'}");
    assertThat(near.get("memories").findValuesAsText("title")).containsExactly("n1");
    var far = room.call(ann, "memory_kg_query", "{'source_id': '" + ids.get(0) + "', 'max_depth': 5}");
    assertThat(far.get("memories").findValuesAsText("title")).containsExactly("n1", "n2", "n3");
    assertThat(far.at("/paths/2").asText()).isEqualTo(String.join("->", ids));
    assertThat(room.titles(ann, "memory_kg_query", "{'source_id': '" + ids.get(0) + "', 'max_depth': 5, 'valid_at': '2026-01-02T00:00:00Z'}", "memories"))
        .containsExactly("n1", "n2");
    assertThat(room.titles(ann, "memory_kg_query", "{'source_id': '" + ids.get(0) + "', 'allowed_agents': ['bob']}", "memories")).isEmpty();
    assertThat(room.code(ann, "memory_kg_query", "{'source_id': '" + ids.get(0) + "', 'max_depth': 6}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  @Test
  void a_link_can_end_and_tells_its_end_before() {
    var one = room.store(ann, "acme/end", "one", "c");
    var two = room.store(ann, "acme/end", "two", "c");
    link(ann, one, two, ", 'relation': 'supersedes'");
    var which = "{'source_id': '" + one + "', 'target_id': '" + two + "', 'relation': ";
    var ended = room.call(ann, "memory_kg_invalidate", which + "'supersedes', 'valid_until': '2030-01-01T00:00:00Z'}");
    assertThat(ended.get("found").asBoolean()).isTrue();
    assertThat(ended.get("previous_valid_until").isNull()).isTrue();
    assertThat(room.call(ann, "memory_kg_invalidate", which + "'supersedes'}").get("previous_valid_until").asText()).isEqualTo("2030-01-01T00:00:00Z");
    assertThat(room.call(ann, "memory_kg_invalidate", which + "'contradicts'}").get("found").asBoolean()).isFalse();
  }

  @Test
  void what_ended_can_be_said_again_and_both_times_are_kept() {
    var one = room.store(ann, "acme/again", "one", "c");
    var two = room.store(ann, "acme/again", "two", "c");
    var which = "{'source_id': '" + one + "', 'target_id': '" + two + "', 'relation': 'supersedes'";
    link(ann, one, two, ", 'relation': 'supersedes', 'valid_from': '2026-01-01T00:00:00Z'");
    room.call(ann, "memory_kg_invalidate", which + ", 'valid_until': '2026-02-01T00:00:00Z'}");
    var again = link(ann, one, two, ", 'relation': 'supersedes', 'valid_from': '2026-03-01T00:00:00Z'");
    assertThat(again.has("duplicate")).isFalse();
    assertThat(link(ann, one, two, ", 'relation': 'supersedes'").path("duplicate").asBoolean()).isTrue();
    assertThat(link(ann, one, two, ", 'relation': 'supersedes', 'valid_from': '2026-01-15T00:00:00Z', 'valid_until': '2026-02-15T00:00:00Z'")
        .path("duplicate").asBoolean()).isTrue();
    var told = room.call(ann, "memory_kg_timeline", "{'source_id': '" + one + "'}").get("events");
    assertThat(told.findValuesAsText("valid_from")).containsExactly("2026-01-01T00:00:00Z", "2026-03-01T00:00:00Z");
    assertThat(told.findValuesAsText("valid_until")).containsExactly("2026-02-01T00:00:00Z", "null");
    for (var at : List.of("2026-01-10T00:00:00Z:1", "2026-02-10T00:00:00Z:0", "2026-03-10T00:00:00Z:1")) {
      assertThat(room.call(ann, "memory_kg_query", "{'source_id': '" + one + "', 'valid_at': '" + at.substring(0, 20) + "'}").get("count").asText())
          .as(at).isEqualTo(at.substring(21));
    }
    // The one that is valid now ends; the one that ended before stays as it was, also when it is said once more.
    var ended = room.call(ann, "memory_kg_invalidate", which + "}");
    assertThat(ended.get("previous_valid_until").isNull()).isTrue();
    assertThat(room.call(ann, "memory_kg_invalidate", which + "}").get("valid_until")).isEqualTo(ended.get("valid_until"));
    assertThat(room.call(ann, "memory_kg_timeline", "{'source_id': '" + one + "'}").at("/events/0/valid_until").asText()).isEqualTo("2026-02-01T00:00:00Z");
  }

  @Test
  void a_link_does_not_end_before_it_begins() {
    var one = room.store(ann, "acme/order", "one", "c");
    var two = room.store(ann, "acme/order", "two", "c");
    var both = "{'source_id': '" + one + "', 'target_id': '" + two + "'";
    assertThat(room.refused(ann, "memory_link", both + ", 'valid_until': '2020-01-01T00:00:00Z'}").getMessage()).contains("/valid_until", "now");
    assertThat(room.refused(ann, "memory_link", both + ", 'valid_from': '2020-01-02T00:00:00Z', 'valid_until': '2020-01-01T00:00:00Z'}").getMessage())
        .contains("/valid_until", "valid_from");
    link(ann, one, two, ", 'valid_from': '2199-01-01T00:00:00Z'");
    assertThat(room.refused(ann, "memory_kg_invalidate", both + ", 'relation': 'related_to', 'valid_until': '2020-01-01T00:00:00Z'}").getMessage())
        .contains("/valid_until", "2199");
    assertThat(room.call(ann, "memory_kg_invalidate", both + ", 'relation': 'related_to'}").get("valid_until").asText()).isEqualTo("2199-01-01T00:00:00Z");
    assertThat(link(ann, one, two, ", 'valid_from': '2199-01-01T00:00:00Z'").has("duplicate")).isFalse();
  }

  @Test
  void links_go_with_their_entries() {
    var one = room.store(ann, "acme/gone", "one", "c");
    var two = room.store(ann, "acme/gone", "two", "c");
    link(ann, one, two, "");
    room.expire(two);
    assertThat(room.titles(ann, "memory_kg_timeline", "{'source_id': '" + one + "'}", "events")).isEmpty();
    room.call(ann, "memory_delete", "{'id': '" + one + "'}");
    assertThat(room.value("SELECT count(*) FROM agentbus.memory_links WHERE source_id = '" + one + "'")).isEqualTo("0");
  }

  @Test
  void each_change_is_an_event_in_its_namespace() {
    var id = room.store(ann, "acme/events/deep", "told", "c");
    link(ann, id, room.store(ann, "acme/events/deep", "other", "c"), "");
    room.call(ann, "memory_promote", "{'id': '" + id + "'}");
    room.call(ann, "memory_update", "{'id': '" + id + "', 'content': 'd'}");
    room.call(ann, "memory_delete", "{'id': '" + id + "'}");
    room.bus.await(() -> room.bus.bus().sequencer().run());
    var events = room.call(ann, "list_events", "{'topic': 'memory.*', 'namespace': 'acme/events/*'}").get("items");
    assertThat(events.findValuesAsText("topic")).isEqualTo(List.of("memory.stored", "memory.stored", "memory.link_created", "memory.promoted",
        "memory.updated", "memory.deleted"));
    assertThat(events.get(0).at("/payload/memory_id").asText()).isEqualTo(id);
    assertThat(events.get(0).get("source_agent").asText()).isEqualTo("ann");
    assertThat(room.code(ann, "emit_event", "{'topic': 'memory.stored'}")).isEqualTo(ProblemCode.INVALID_INPUT);
  }

  private static com.fasterxml.jackson.databind.JsonNode link(Caller caller, String from, String to, String more) {
    return room.call(caller, "memory_link", "{'source_id': '" + from + "', 'target_id': '" + to + "'" + more + "}");
  }
}
