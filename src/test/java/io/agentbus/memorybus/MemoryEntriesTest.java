package io.agentbus.memorybus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Entries come, are found, change and go. */
@Timeout(60)
class MemoryEntriesTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static MemoryRoom room;
  private static Caller ann;
  private static Caller bob;
  private static Caller stranger;
  private static final Caller OPERATOR = TestBus.operator();

  @BeforeAll
  static void open() {
    room = new MemoryRoom(DATABASE);
    ann = room.agent("acme", "ann");
    bob = room.agent("acme", "ai:bob@host-1");
    stranger = room.agent("globex", "ann");
  }

  @AfterAll
  static void close() {
    room.close();
  }

  @Test
  void what_is_stored_without_more_has_the_usual_values() {
    var stored = room.call(ann, "memory_store", "{'title': 'plain', 'content': 'some words'}");
    assertThat(stored.get("tier").asText()).isEqualTo("mid");
    assertThat(stored.get("namespace").asText()).isEqualTo("global");
    assertThat(stored.get("agent_id").asText()).isEqualTo("ann");
    assertThat(stored.properties()).extracting(entry -> entry.getKey()).containsExactly("id", "tier", "title", "namespace", "agent_id");
    var entry = room.call(bob, "memory_get", "{'id': '" + stored.get("id").asText() + "'}");
    assertThat(entry.get("priority").asInt()).isEqualTo(5);
    assertThat(entry.get("confidence").asDouble()).isEqualTo(1.0);
    assertThat(entry.get("source").asText()).isEqualTo("claude");
    assertThat(entry.at("/metadata/agent_id").asText()).isEqualTo("ann");
    assertThat(entry.get("access_count").asInt()).isZero();
    assertThat(entry.get("links")).isEmpty();
    assertThat(life(entry)).isBetween(Duration.ofDays(7).minusMinutes(1), Duration.ofDays(7));
  }

  @Test
  void a_tier_says_how_long_an_entry_lives() {
    var small = get(ann, room.call(ann, "memory_store", "{'title': 'tier short', 'content': 'c', 'tier': 'short'}"));
    var large = get(ann, room.call(ann, "memory_store", "{'title': 'tier long', 'content': 'c', 'tier': 'long'}"));
    assertThat(life(small)).isBetween(Duration.ofHours(6).minusMinutes(1), Duration.ofHours(6));
    assertThat(large.has("expires_at")).isFalse();
  }

  @Test
  void what_has_expired_is_not_there_before_anything_removes_it() {
    var id = room.store(ann, "acme/expiry", "gone soon", "quokka");
    room.expire(id);
    assertThat(room.code(ann, "memory_get", "{'id': '" + id + "'}")).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(room.titles(ann, "memory_list", "{'namespace': 'acme/expiry'}", "memories")).isEmpty();
    assertThat(room.titles(ann, "memory_search", "{'query': 'quokka'}", "results")).isEmpty();
    assertThat(room.titles(ann, "memory_recall", "{'context': 'quokka'}", "memories")).isEmpty();
    assertThat(room.code(ann, "memory_update", "{'id': '" + id + "', 'title': 'x'}")).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(room.code(ann, "memory_store", "{'title': 'gone soon', 'content': 'again', 'namespace': 'acme/expiry'}")).isNull();
  }

  @Test
  void the_sweep_removes_what_has_expired_and_nothing_else_and_keeps_the_count() {
    var stays = room.store(ann, "acme/sweep", "stays", "c");
    for (var i = 0; i < 5; i++) {
      room.expire(room.store(ann, "acme/sweep", "goes " + i, "c"));
    }
    while (room.bus.await(() -> room.bus.bus().memory().expiry().removeExpired(2)) > 0) {
      // The next two.
    }
    assertThat(room.value("SELECT string_agg(e.id::text, ',') FROM agentbus.memory_entries e JOIN agentbus.namespaces n ON n.id = e.namespace_id"
        + " WHERE n.path = 'acme/sweep'")).isEqualTo(stays);
    assertThat(room.value("SELECT count(*) FROM agentbus.memory_spaces s WHERE entries <> (SELECT count(*) FROM agentbus.memory_entries e"
        + " WHERE e.namespace_id = s.namespace_id)")).isEqualTo("0");
  }

  @Test
  void recalling_lets_an_entry_live_longer_and_the_fifth_time_for_good() {
    var id = room.call(ann, "memory_store", "{'title': 'wombat', 'content': 'c', 'tier': 'short', 'namespace': 'acme/recall'}").get("id").asText();
    room.call(ann, "memory_recall", "{'context': 'wombat', 'namespace': 'acme/recall'}");
    var once = room.call(ann, "memory_get", "{'id': '" + id + "'}");
    assertThat(once.get("access_count").asInt()).isEqualTo(1);
    assertThat(life(once)).isBetween(Duration.ofHours(7).minusMinutes(1), Duration.ofHours(7));
    for (var i = 0; i < 4; i++) {
      room.call(ann, "memory_recall", "{'context': 'wombat', 'namespace': 'acme/recall'}");
    }
    var often = room.call(ann, "memory_get", "{'id': '" + id + "'}");
    assertThat(often.get("tier").asText()).isEqualTo("long");
    assertThat(often.has("expires_at")).isFalse();
  }

  @Test
  void looking_counts_for_nothing() {
    var id = room.store(ann, "acme/look", "numbat", "c");
    room.call(ann, "memory_get", "{'id': '" + id + "'}");
    room.call(ann, "memory_list", "{'namespace': 'acme/look'}");
    room.call(ann, "memory_search", "{'query': 'numbat'}");
    assertThat(room.call(ann, "memory_get", "{'id': '" + id + "'}").get("access_count").asInt()).isZero();
  }

  @Test
  void a_search_wants_all_words_and_a_recall_any() {
    room.store(ann, "acme/words", "red release", "v0.6.3 of the gate passed");
    room.store(ann, "acme/words", "blue release", "v0.6.4 of the gate failed");
    assertThat(room.titles(bob, "memory_search", "{'query': 'gate v0.6.3', 'namespace': 'acme/words'}", "results")).containsExactly("red release");
    assertThat(room.titles(bob, "memory_search", "{'query': 'gate absent', 'namespace': 'acme/words'}", "results")).isEmpty();
    assertThat(room.titles(bob, "memory_recall", "{'context': 'which gate has passed', 'namespace': 'acme/words'}", "memories"))
        .containsExactly("red release", "blue release");
    assertThat(room.titles(bob, "memory_recall", "{'context': '!!!', 'namespace': 'acme/words'}", "memories")).isEmpty();
  }

  @Test
  void a_budget_ends_a_recall_but_for_the_first() {
    for (var i = 0; i < 3; i++) {
      room.store(ann, "acme/budget", "bilby " + i, "x".repeat(400));
    }
    var first = room.call(ann, "memory_recall", "{'context': 'bilby', 'namespace': 'acme/budget', 'budget_tokens': 1, 'format': 'json'}");
    assertThat(first.get("count").asInt()).isEqualTo(1);
    assertThat(first.at("/meta/budget_overflow").asBoolean()).isTrue();
    assertThat(first.at("/meta/memories_dropped").asInt()).isEqualTo(2);
    var two = room.call(ann, "memory_recall", "{'context': 'bilby', 'namespace': 'acme/budget', 'budget_tokens': 250}");
    assertThat(two.get("count").asInt()).isEqualTo(2);
    assertThat(two.get("tokens_used").asInt()).isLessThanOrEqualTo(250);
    assertThat(two.at("/memories/0/score").isNumber()).isTrue();
    assertThat(room.call(ann, "memory_recall", "{'context': 'bilby', 'namespace': 'acme/budget', 'budget_tokens': 0}").get("count").asInt()).isZero();
  }

  @Test
  void a_pattern_of_namespaces_matches_one_segment_or_any_number() {
    room.store(OPERATOR, "release/v0.6.3/phase1", "one", "c");
    room.store(OPERATOR, "release/v0.6.3/phase4/gate", "two", "c");
    room.store(OPERATOR, "release/v0.6.4/phase1", "three", "c");
    assertThat(room.titles(OPERATOR, "memory_list", "{'namespace': 'release/v0.6.3/*'}", "memories")).containsExactly("one");
    assertThat(room.titles(OPERATOR, "memory_list", "{'namespace': 'release/v0.6.3/**'}", "memories")).containsExactlyInAnyOrder("one", "two");
    assertThat(room.titles(OPERATOR, "memory_list", "{'namespace': 'release/*/phase1'}", "memories")).containsExactlyInAnyOrder("one", "three");
    assertThat(room.titles(OPERATOR, "memory_list", "{'namespace': 'release/v0.6.3'}", "memories")).isEmpty();
  }

  @Test
  void an_agent_names_namespaces_from_its_own_root_or_in_full() {
    var stored = room.call(ann, "memory_store", "{'title': 'note', 'content': 'c', 'namespace': 'projects/apollo'}");
    assertThat(stored.get("namespace").asText()).isEqualTo("projects/apollo");
    assertThat(room.titles(bob, "memory_list", "{'namespace': 'projects/apollo'}", "memories")).containsExactly("note");
    assertThat(room.titles(bob, "memory_list", "{'namespace': 'acme/projects/apollo'}", "memories")).containsExactly("note");
    assertThat(room.titles(bob, "memory_list", "{'namespace': 'projects/*'}", "memories")).containsExactly("note");
    assertThat(room.titles(OPERATOR, "memory_list", "{'namespace': 'acme/projects/apollo'}", "memories")).containsExactly("note");
  }

  @Test
  void nobody_reaches_behind_its_walls() {
    var id = room.store(ann, "acme/secret", "platypus", "c");
    for (var operation : List.of("memory_get", "memory_delete", "memory_promote")) {
      assertThat(room.code(stranger, operation, "{'id': '" + id + "'}")).as(operation).isEqualTo(ProblemCode.NOT_FOUND);
    }
    assertThat(room.code(stranger, "memory_update", "{'id': '" + id + "', 'content': 'x'}")).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(room.code(stranger, "memory_kg_timeline", "{'source_id': '" + id + "'}")).isEqualTo(ProblemCode.NOT_FOUND);
    for (var namespace : List.of("acme/secret", "acme/*", "**", "*")) {
      assertThat(room.titles(stranger, "memory_list", "{'namespace': '" + namespace + "'}", "memories")).as(namespace).doesNotContain("platypus");
      assertThat(room.titles(stranger, "memory_search", "{'query': 'platypus', 'namespace': '" + namespace + "'}", "results")).isEmpty();
      assertThat(room.titles(stranger, "memory_recall", "{'context': 'platypus', 'namespace': '" + namespace + "'}", "memories")).isEmpty();
    }
    // The same name is another place for it.
    var theirs = room.call(stranger, "memory_store", "{'title': 'platypus', 'content': 'c', 'namespace': 'acme/secret'}");
    assertThat(room.value("SELECT n.path FROM agentbus.memory_entries e JOIN agentbus.namespaces n ON n.id = e.namespace_id WHERE e.id = '"
        + theirs.get("id").asText() + "'")).isEqualTo("globex/acme/secret");
  }

  @Test
  void the_author_is_the_tokens_whatever_the_call_says() {
    assertThat(room.code(ann, "memory_store", "{'title': 'as bob', 'content': 'c', 'agent_id': 'ai:bob@host-1'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.call(ann, "memory_store", "{'title': 'as ann', 'content': 'c', 'agent_id': 'ann', 'metadata': {'agent_id': 'ai:bob@host-1', 'k': 1}}")
        .get("agent_id").asText()).isEqualTo("ann");
    assertThat(room.titles(bob, "memory_list", "{'agent_id': 'ann'}", "memories")).contains("as ann");
    var acted = room.call(OPERATOR, "memory_store", "{'title': 'for bob', 'content': 'c', 'namespace': 'acme', 'agent_id': 'ai:bob@host-1'}");
    assertThat(acted.get("agent_id").asText()).isEqualTo("ai:bob@host-1");
    assertThat(room.call(bob, "memory_delete", "{'id': '" + acted.get("id").asText() + "'}").get("deleted").asBoolean()).isTrue();
  }

  @Test
  void scopes_are_looked_at_from_a_place() {
    for (var scope : List.of("private", "team", "unit", "org", "collective")) {
      room.call(ann, "memory_store", "{'title': 'scope " + scope + "', 'content': 'echidna', 'namespace': 'acme/a/b/c', 'scope': '" + scope + "'}");
    }
    assertThat(seenFrom("acme/a/b/c")).containsExactlyInAnyOrder("scope private", "scope team", "scope unit", "scope org", "scope collective");
    assertThat(seenFrom("acme/a/b/d")).containsExactlyInAnyOrder("scope team", "scope unit", "scope org", "scope collective");
    assertThat(seenFrom("acme/a/x/d")).containsExactlyInAnyOrder("scope unit", "scope org", "scope collective");
    assertThat(seenFrom("acme/y/x/d")).containsExactlyInAnyOrder("scope org", "scope collective");
    assertThat(seenFrom("acme/other")).containsExactlyInAnyOrder("scope team", "scope collective");
    assertThat(seenFrom("acme")).containsExactly("scope collective");
  }

  private List<String> seenFrom(String place) {
    return room.titles(bob, "memory_search", "{'query': 'echidna', 'as_agent': '" + place + "'}", "results");
  }

  @Test
  void of_writers_of_one_title_at_once_one_wins_by_error() {
    var answers = atOnce("error");
    assertThat(answers.stream().filter(answer -> answer instanceof JsonNode)).hasSize(1);
    assertThat(answers.stream().filter(answer -> answer instanceof ProblemException)).hasSize(7).allSatisfy(answer -> {
      var problem = (ProblemException) answer;
      assertThat(problem.code()).isEqualTo(ProblemCode.DUPLICATE_CONFLICT);
      assertThat(problem.getMessage()).startsWith("CONFLICT:");
      assertThat(problem.members()).containsKey("existing_id");
    });
  }

  @Test
  void writers_of_one_title_at_once_make_one_entry_by_merge() {
    var answers = atOnce("merge");
    assertThat(answers).allSatisfy(answer -> assertThat(answer).isInstanceOf(JsonNode.class));
    assertThat(new HashSet<>(answers.stream().map(answer -> ((JsonNode) answer).get("id").asText()).toList())).hasSize(1);
    assertThat(answers.stream().filter(answer -> ((JsonNode) answer).path("duplicate").asBoolean())).hasSize(7);
  }

  @Test
  void writers_of_one_title_at_once_get_a_number_each_by_version() {
    var answers = atOnce("version");
    assertThat(answers.stream().map(answer -> ((JsonNode) answer).get("title").asText()))
        .containsExactlyInAnyOrder("race version", "race version (2)", "race version (3)", "race version (4)", "race version (5)", "race version (6)",
            "race version (7)", "race version (8)");
  }

  private static List<Object> atOnce(String mode) {
    return room.atOnce(8, () -> room.call(ann, "memory_store",
        "{'title': 'race " + mode + "', 'content': 'c', 'namespace': 'acme/race', 'on_conflict': '" + mode + "'}"));
  }

  @Test
  void a_merge_keeps_who_stored_it_first_and_the_higher_numbers() {
    var id = room.call(ann, "memory_store", "{'title': 'merged', 'content': 'old', 'priority': 9, 'tier': 'long', 'namespace': 'acme/merge'}").get("id").asText();
    var merged = room.call(bob, "memory_store",
        "{'title': 'merged', 'content': 'new', 'priority': 2, 'tier': 'short', 'namespace': 'acme/merge', 'on_conflict': 'merge'}");
    assertThat(merged.get("id").asText()).isEqualTo(id);
    var entry = room.call(bob, "memory_get", "{'id': '" + id + "'}");
    assertThat(entry.get("content").asText()).isEqualTo("new");
    assertThat(entry.get("priority").asInt()).isEqualTo(9);
    assertThat(entry.get("tier").asText()).isEqualTo("long");
    assertThat(entry.at("/metadata/agent_id").asText()).isEqualTo("ann");
  }

  @Test
  void an_update_changes_what_it_names_and_leaves_the_author() {
    var id = room.call(ann, "memory_store", "{'title': 'first', 'content': 'old', 'tags': ['a'], 'namespace': 'acme/update'}").get("id").asText();
    room.store(ann, "acme/update", "taken", "c");
    room.call(bob, "memory_update", "{'id': '" + id + "', 'title': 'second', 'metadata': {'agent_id': 'x', 'k': 1}}");
    var updated = room.call(ann, "memory_update", "{'id': '" + id + "', 'tier': 'long', 'namespace': 'acme/update/moved'}").get("memory");
    assertThat(updated.get("title").asText()).isEqualTo("second");
    assertThat(updated.get("content").asText()).isEqualTo("old");
    assertThat(updated.get("namespace").asText()).isEqualTo("acme/update/moved");
    assertThat(updated.has("expires_at")).isFalse();
    assertThat(updated.at("/metadata/agent_id").asText()).isEqualTo("ann");
    assertThat(updated.at("/metadata/k").asInt()).isEqualTo(1);
    assertThat(room.code(ann, "memory_update", "{'id': '" + id + "', 'title': 'taken', 'namespace': 'acme/update'}"))
        .isEqualTo(ProblemCode.DUPLICATE_CONFLICT);
    assertThat(room.titles(ann, "memory_search", "{'query': 'second'}", "results")).containsExactly("second");
  }

  @Test
  void only_who_stored_it_or_an_operator_deletes() {
    var id = room.store(ann, "acme/delete", "mine", "c");
    assertThat(room.code(bob, "memory_delete", "{'id': '" + id + "'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.call(ann, "memory_delete", "{'id': '" + id + "'}").get("deleted").asBoolean()).isTrue();
    assertThat(room.code(ann, "memory_delete", "{'id': '" + id + "'}")).isEqualTo(ProblemCode.NOT_FOUND);
  }

  @Test
  void a_promotion_makes_long_or_copies_upwards() {
    var id = room.store(ann, "acme/up/leaf", "rises", "c");
    var copied = room.call(ann, "memory_promote", "{'id': '" + id + "', 'to_namespace': 'acme/up'}");
    assertThat(copied.get("mode").asText()).isEqualTo("vertical");
    var link = room.call(ann, "memory_get", "{'id': '" + copied.get("clone_id").asText() + "'}").at("/links/0");
    assertThat(link.get("relation").asText()).isEqualTo("derived_from");
    assertThat(link.get("target_id").asText()).isEqualTo(id);
    assertThat(room.code(ann, "memory_promote", "{'id': '" + id + "', 'to_namespace': 'acme/elsewhere'}")).isEqualTo(ProblemCode.INVALID_INPUT);
    var long1 = room.call(ann, "memory_promote", "{'id': '" + id + "'}");
    assertThat(long1.get("mode").asText()).isEqualTo("tier");
    assertThat(room.call(ann, "memory_get", "{'id': '" + id + "'}").get("tier").asText()).isEqualTo("long");
  }

  @Test
  void limits_are_told_with_their_field() {
    assertThat(room.refused(ann, "memory_store", "{'title': '" + "t".repeat(513) + "', 'content': 'c'}").getMessage()).contains("/title", "512");
    assertThat(room.refused(ann, "memory_store", "{'title': 't', 'content': '" + "é".repeat(32_769) + "'}").getMessage()).contains("/content", "65536");
    assertThat(room.refused(ann, "memory_store", "{'title': ' ', 'content': 'c'}").getMessage()).contains("/title", "blank");
    assertThat(room.refused(ann, "memory_store", "{'title': 't', 'content': 'c', 'tags': [" + "'a',".repeat(50) + "'a']}").getMessage()).contains("/tags");
    assertThat(room.refused(ann, "memory_store", "{'title': 't', 'content': 'c', 'metadata': " + "{'a':".repeat(33) + "1" + "}".repeat(33) + "}").getMessage())
        .contains("/metadata", "32");
    assertThat(room.refused(ann, "memory_store", "{'title': 't', 'content': 'c', 'namespace': 'a/b/c/d/e/f/g/h'}").getMessage()).contains("/namespace");
    assertThat(room.refused(ann, "memory_store", "{'title': 't', 'content': 'c', 'tittle': 'x'}").getMessage()).contains("title");
  }

  @Test
  void an_answer_ends_where_it_would_weigh_too_much_and_says_so() {
    var large = ", 'content': '" + "wallaby ".repeat(8_000) + "', 'metadata': {'k': '" + "x".repeat(64_000) + "'}, 'namespace': 'acme/large'}";
    for (var i = 0; i < 70; i++) {
      room.call(ann, "memory_store", "{'title': 'large " + i + "'" + large);
    }
    for (var page : List.of(room.call(ann, "memory_list", "{'namespace': 'acme/large', 'limit': 200}"),
        room.call(ann, "memory_search", "{'query': 'wallaby', 'namespace': 'acme/large', 'limit': 200}"))) {
      assertThat(page.get("count").asInt()).isBetween(60, 69);
      assertThat(page.get("truncated").asBoolean()).isTrue();
      assertThat(page.toString().length()).isLessThan(9 << 20);
    }
    var rest = room.call(ann, "memory_list", "{'namespace': 'acme/large', 'limit': 200, 'offset': 60}");
    assertThat(rest.get("count").asInt()).isEqualTo(10);
    assertThat(rest.has("truncated")).isFalse();
  }

  private static JsonNode get(Caller caller, JsonNode stored) {
    return room.call(caller, "memory_get", "{'id': '" + stored.get("id").asText() + "'}");
  }

  private static Duration life(JsonNode entry) {
    return Duration.between(OffsetDateTime.parse(entry.get("created_at").asText()), OffsetDateTime.parse(entry.get("expires_at").asText()));
  }
}
