package io.agentbus.memorybus;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whatever the verb is by which something is done, it needs what doing it needs, of everybody who is to be asked. */
@Timeout(60)
class MemoryDeedsTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final Caller OPERATOR = TestBus.operatorOf("acme");
  private static MemoryRoom room;
  private static Caller ann;
  private static Caller bob;
  private static Caller carl;
  private static Caller there;
  private static Caller far;

  @BeforeAll
  static void open() {
    room = new MemoryRoom(DATABASE);
    ann = room.agent("acme", "ann");
    bob = room.agent("acme", "bob");
    carl = room.agent("acme", "carl");
    there = room.agent("acme/walled", "there");
    far = room.agent("acme/behind", "far");
  }

  @AfterAll
  static void close() {
    room.close();
  }

  @Test
  void anothers_entry_is_not_removed_by_changing_its_end() {
    var id = room.store(ann, "acme/end", "kept", "c");
    for (var change : List.of("'expires_at': '2020-01-01T00:00:00Z'", "'expires_at': '" + Instant.now().plusSeconds(5) + "'", "'tier': 'short'")) {
      assertThat(room.refused(bob, "memory_update", "{'id': '" + id + "', " + change + "}").getMessage()).as(change).contains("delete denied by governance");
    }
    assertThat(room.code(bob, "memory_update", "{'id': '" + id + "', 'expires_at': '2199-01-01T00:00:00Z', 'content': 'd'}")).isNull();
    assertThat(room.call(ann, "memory_update", "{'id': '" + id + "', 'expires_at': '2020-01-01T00:00:00Z'}").get("updated").asBoolean()).isTrue();
    assertThat(room.code(ann, "memory_get", "{'id': '" + id + "'}")).isEqualTo(ProblemCode.NOT_FOUND);
  }

  @Test
  void nothing_is_stored_that_is_over_and_a_merge_shortens_no_life() {
    var past = ", 'content': 'x', 'namespace': 'acme/merge', 'expires_at': '2020-01-01T00:00:00Z'";
    var id = room.call(ann, "memory_store", "{'title': 'long one', 'content': 'c', 'namespace': 'acme/merge', 'tier': 'long'}").get("id").asText();
    for (var mode : List.of("error", "merge", "version")) {
      assertThat(room.refused(bob, "memory_store", "{'title': 'long one', 'on_conflict': '" + mode + "'" + past + "}").getMessage()).as(mode)
          .contains("/expires_at");
    }
    var soon = Instant.now().plusSeconds(5);
    room.call(bob, "memory_store", "{'title': 'long one', 'content': 'x', 'namespace': 'acme/merge', 'on_conflict': 'merge', 'expires_at': '" + soon + "'}");
    assertThat(room.call(ann, "memory_get", "{'id': '" + id + "'}").has("expires_at")).isFalse();
  }

  @Test
  void an_entry_leaves_its_namespace_only_for_who_may_delete_it_there() {
    var id = room.store(ann, "acme/leave", "mine", "c");
    assertThat(room.code(bob, "memory_update", "{'id': '" + id + "', 'namespace': 'acme/bobs'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.titles(ann, "memory_list", "{'namespace': 'acme/leave'}", "memories")).containsExactly("mine");
    assertThat(room.code(ann, "memory_update", "{'id': '" + id + "', 'namespace': 'acme/anns'}")).isNull();
    assertThat(room.value("SELECT count(*) FROM agentbus.memory_spaces s WHERE entries <> (SELECT count(*) FROM agentbus.memory_entries e"
        + " WHERE e.namespace_id = s.namespace_id)")).isEqualTo("0");
  }

  @Test
  void what_is_put_into_anothers_entry_is_asked_for_as_a_change_of_it() {
    var id = room.store(ann, "acme/owned", "hers", "c");
    govern("acme/owned", "{'write': 'owner'}");
    var merge = "{'title': 'hers', 'content': 'x', 'namespace': 'acme/owned', 'on_conflict': 'merge'}";
    assertThat(room.code(bob, "memory_store", merge)).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.call(ann, "memory_store", merge).get("id").asText()).isEqualTo(id);
  }

  @Test
  void a_promotion_asks_where_the_copy_goes() {
    govern("acme/above", "{'write': 'approve', 'approver': {'agent': 'carl'}}");
    govern("acme/above/below", "{'write': 'any'}");
    var id = room.store(ann, "acme/above/below", "rises", "c");
    var pending = room.call(ann, "memory_promote", "{'id': '" + id + "', 'to_namespace': 'acme/above'}");
    assertThat(pending.get("promoted").asBoolean()).isFalse();
    assertThat(room.titles(ann, "memory_list", "{'namespace': 'acme/above'}", "memories")).doesNotContain("rises");
    assertThat(room.code(bob, "memory_pending_approve", "{'id': '" + pending.get("pending_id").asText() + "'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.call(carl, "memory_pending_approve", "{'id': '" + pending.get("pending_id").asText() + "'}").get("executed").asBoolean()).isTrue();
    assertThat(room.titles(ann, "memory_list", "{'namespace': 'acme/above'}", "memories")).contains("rises");
    govern("acme/above", "{'write': 'owner'}");
    assertThat(room.code(ann, "memory_promote", "{'id': '" + room.store(ann, "acme/above/below", "stays", "c") + "', 'to_namespace': 'acme/above'}"))
        .isEqualTo(ProblemCode.FORBIDDEN);
  }

  @Test
  void an_entry_is_not_promoted_by_another_verb() {
    govern("acme/raised", "{'write': 'any'}");
    govern("acme/raised/deep", "{'promote': 'approve', 'delete': 'any'}");
    var id = room.store(ann, "acme/raised/deep", "waits", "c");
    for (var change : List.of("'tier': 'long'", "'namespace': 'acme/raised'")) {
      assertThat(room.call(ann, "memory_update", "{'id': '" + id + "', " + change + "}").path("status").asText()).as(change).isEqualTo("pending");
    }
    assertThat(room.call(ann, "memory_store", "{'title': 'waits', 'content': 'x', 'tier': 'long', 'namespace': 'acme/raised/deep', 'on_conflict': 'merge'}")
        .path("status").asText()).isEqualTo("pending");
  }

  @Test
  void a_move_between_two_namespaces_is_approved_by_both() {
    var id = room.store(ann, "acme/from", "moves", "c");
    govern("acme/from", "{'delete': 'approve', 'approver': {'agent': 'bob'}}");
    govern("acme/walled", "{'write': 'approve', 'approver': {'agent': 'there'}}");
    var pending = room.call(ann, "memory_update", "{'id': '" + id + "', 'namespace': 'acme/walled'}").get("pending_id").asText();
    for (var walls : List.of("acme/from", "acme/walled")) {
      assertThat(room.call(TestBus.operatorOf(walls), "memory_capabilities", "{}").at("/approval/pending_requests").asInt()).as(walls).isEqualTo(1);
    }
    var first = room.call(bob, "memory_pending_approve", "{'id': '" + pending + "'}");
    assertThat(first.get("approved").asBoolean()).isFalse();
    assertThat(first.get("votes").asInt()).isEqualTo(1);
    assertThat(first.get("quorum").asInt()).isEqualTo(2);
    assertThat(room.titles(ann, "memory_list", "{'namespace': 'acme/from'}", "memories")).contains("moves");
    // Who approves there sees no more than there, and the action is shown to it.
    assertThat(room.call(there, "memory_pending_list", "{'status': 'pending'}").at("/pending/0/id").asText()).isEqualTo(pending);
    assertThat(room.call(there, "memory_pending_approve", "{'id': '" + pending + "'}").get("executed").asBoolean()).isTrue();
    assertThat(room.titles(ann, "memory_list", "{'namespace': 'acme/walled'}", "memories")).contains("moves");
    assertThat(room.value("SELECT sum(pending) FROM agentbus.memory_spaces s JOIN agentbus.namespaces n ON n.id = s.namespace_id"
        + " WHERE n.path IN ('acme/from', 'acme/walled')")).isEqualTo("0");
  }

  @Test
  void one_who_approves_for_both_approves_once() {
    var id = room.store(ann, "acme/one", "moves", "c");
    govern("acme/one", "{'delete': 'approve'}");
    govern("acme/other", "{'write': 'approve'}");
    var pending = room.call(ann, "memory_update", "{'id': '" + id + "', 'namespace': 'acme/other'}").get("pending_id").asText();
    assertThat(room.call(OPERATOR, "memory_pending_approve", "{'id': '" + pending + "'}").get("executed").asBoolean()).isTrue();
  }

  @Test
  void a_person_walled_into_one_of_two_namespaces_approves_for_that_one_alone() {
    var id = room.store(ann, "acme/source", "moves", "c");
    govern("acme/source", "{'delete': 'approve'}");
    govern("acme/behind/gate", "{'write': 'approve'}");
    var pending = room.call(ann, "memory_update", "{'id': '" + id + "', 'namespace': 'acme/behind/gate'}").get("pending_id").asText();
    var walled = TestBus.operatorOf("acme/behind");
    assertThat(room.code(walled, "memory_get", "{'id': '" + id + "'}")).isEqualTo(ProblemCode.NOT_FOUND);
    for (var agent : List.of("", ", 'agent_id': 'bob'", ", 'agent_id': 'far'")) {
      var vote = room.call(walled, "memory_pending_approve", "{'id': '" + pending + "'" + agent + "}");
      assertThat(vote.get("approved").asBoolean()).as(agent).isFalse();
      assertThat(vote.get("votes").asInt()).as(agent).isEqualTo(1);
    }
    assertThat(room.titles(ann, "memory_list", "{'namespace': 'acme/source'}", "memories")).contains("moves");
    assertThat(room.call(TestBus.operatorOf("acme/source"), "memory_pending_approve", "{'id': '" + pending + "'}").get("executed").asBoolean()).isTrue();
  }

  @Test
  void an_agent_walled_into_one_of_two_namespaces_casts_no_vote_for_the_other() {
    var id = room.store(ann, "acme/ballot", "moves", "c");
    govern("acme/ballot", "{'delete': 'approve', 'approver': {'consensus': 1}}");
    govern("acme/behind/ballot", "{'write': 'approve', 'approver': {'consensus': 1}}");
    var both = room.call(ann, "memory_update", "{'id': '" + id + "', 'namespace': 'acme/behind/ballot'}").get("pending_id").asText();
    var vote = room.call(far, "memory_pending_approve", "{'id': '" + both + "'}");
    assertThat(vote.get("approved").asBoolean()).isFalse();
    assertThat(vote.get("votes").asInt()).isEqualTo(1);
    assertThat(room.call(bob, "memory_pending_approve", "{'id': '" + both + "'}").get("executed").asBoolean()).isTrue();
    // Where a person approves that it sees, and agents where it sees nothing, it neither approves nor rejects.
    var other = room.store(ann, "acme/ballot", "moves too", "c");
    govern("acme/behind/person", "{'write': 'approve'}");
    var pending = room.call(ann, "memory_update", "{'id': '" + other + "', 'namespace': 'acme/behind/person'}").get("pending_id").asText();
    assertThat(room.refused(far, "memory_pending_approve", "{'id': '" + pending + "'}").getMessage()).contains("acme/behind/person");
    assertThat(room.code(far, "memory_pending_reject", "{'id': '" + pending + "'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.call(bob, "memory_pending_approve", "{'id': '" + pending + "'}").get("votes").asInt()).isEqualTo(1);
    assertThat(room.call(TestBus.operatorOf("acme/behind"), "memory_pending_approve", "{'id': '" + pending + "'}").get("executed").asBoolean()).isTrue();
  }

  @Test
  void who_sees_none_of_the_namespaces_that_want_to_approve_by_now_does_not() {
    var id = room.store(ann, "acme/remains", "moves", "c");
    govern("acme/remains", "{'delete': 'approve'}");
    govern("acme/behind/opened", "{'write': 'approve'}");
    var pending = room.call(ann, "memory_update", "{'id': '" + id + "', 'namespace': 'acme/behind/opened'}").get("pending_id").asText();
    govern("acme/behind/opened", "{'write': 'any'}");
    assertThat(room.code(TestBus.operatorOf("acme/behind"), "memory_pending_approve", "{'id': '" + pending + "'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.call(OPERATOR, "memory_pending_approve", "{'id': '" + pending + "'}").get("executed").asBoolean()).isTrue();
  }

  @Test
  void an_entry_is_not_promoted_by_an_end_that_its_tier_does_not_give() {
    govern("acme/ending", "{'promote': 'approve'}");
    var in = Instant.now();
    var stored = room.call(ann, "memory_store", "{'title': 'brief', 'content': 'c', 'tier': 'short', 'expires_at': '" + in.plus(Duration.ofHours(1))
        + "', 'namespace': 'acme/ending'}").get("id").asText();
    var change = "{'id': '" + stored + "', 'expires_at': '";
    var merge = "{'title': 'brief', 'content': 'd', 'namespace': 'acme/ending', 'on_conflict': 'merge', 'tier': 'short', 'expires_at': '";
    assertThat(room.call(bob, "memory_update", change + in.plus(Duration.ofHours(3)) + "'}").get("updated").asBoolean()).isTrue();
    assertThat(room.call(bob, "memory_store", merge + in.plus(Duration.ofHours(5)) + "'}").get("id").asText()).isEqualTo(stored);
    for (var far : List.of(in.plus(Duration.ofHours(7)).toString(), "9999-12-31T00:00:00Z")) {
      assertThat(room.call(ann, "memory_update", change + far + "'}").path("status").asText()).as(far).isEqualTo("pending");
      assertThat(room.call(ann, "memory_store", merge + far + "'}").path("status").asText()).as(far).isEqualTo("pending");
    }
    // What another tier gives, it gives.
    assertThat(room.call(bob, "memory_update", change + in.plus(Duration.ofDays(6)) + "', 'tier': 'mid'}").get("updated").asBoolean()).isTrue();
    assertThat(room.call(bob, "memory_update", change + in.plus(Duration.ofDays(8)) + "', 'tier': 'mid'}").path("status").asText()).isEqualTo("pending");
    govern("acme/ending", "{'promote': 'owner'}");
    assertThat(room.refused(bob, "memory_update", change + "9999-12-31T00:00:00Z'}").getMessage()).contains("promote denied by governance");
    assertThat(room.call(ann, "memory_update", change + "9999-12-31T00:00:00Z'}").get("updated").asBoolean()).isTrue();
  }

  @Test
  void recalls_make_nothing_long_where_not_everybody_may_promote() {
    govern("acme/recalled", "{'promote': 'approve'}");
    var id = room.store(ann, "acme/recalled/below", "bandicoot", "c");
    recall(4);
    var fourth = room.call(ann, "memory_get", "{'id': '" + id + "'}");
    recall(4);
    var eighth = room.call(ann, "memory_get", "{'id': '" + id + "'}");
    assertThat(eighth.get("tier").asText()).isEqualTo("mid");
    assertThat(eighth.get("access_count").asInt()).isEqualTo(8);
    assertThat(eighth.get("expires_at").asText()).isEqualTo(fourth.get("expires_at").asText());
    // It lives on for as long as it is used, by what its tier gives.
    room.sql("UPDATE agentbus.memory_entries SET expires_at = now() + interval '1 hour' WHERE id = '" + id + "'");
    recall(1);
    assertThat(days(id)).isEqualTo("1.0");
    recall(8);
    assertThat(days(id)).isEqualTo("7.0");
    govern("acme/recalled/below", "{'promote': 'any'}");
    recall(1);
    assertThat(room.call(ann, "memory_get", "{'id': '" + id + "'}").get("tier").asText()).isEqualTo("long");
  }

  @Test
  void an_approval_is_of_things_as_they_are_when_it_is_given() {
    govern("acme/late", "{'delete': 'approve', 'approver': {'agent': 'bob'}}");
    govern("acme/strict", "{'delete': 'owner'}");
    var id = room.store(ann, "acme/late", "thing", "c");
    var delete = room.call(carl, "memory_delete", "{'id': '" + id + "'}").get("pending_id").asText();
    var move = room.call(ann, "memory_update", "{'id': '" + id + "', 'namespace': 'acme/strict'}").get("pending_id").asText();
    room.call(bob, "memory_pending_approve", "{'id': '" + move + "'}");
    assertThat(room.refused(bob, "memory_pending_approve", "{'id': '" + delete + "'}").getMessage()).contains("moved");
    assertThat(room.titles(ann, "memory_list", "{'namespace': 'acme/strict'}", "memories")).contains("thing");
    // And of the governance that holds then.
    var other = room.store(ann, "acme/late", "other", "c");
    var second = room.call(carl, "memory_delete", "{'id': '" + other + "'}").get("pending_id").asText();
    govern("acme/late", "{'delete': 'owner'}");
    assertThat(room.code(OPERATOR, "memory_pending_approve", "{'id': '" + second + "'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.call(carl, "memory_pending_reject", "{'id': '" + second + "'}").get("rejected").asBoolean()).isTrue();
  }

  @Test
  void votes_for_one_approver_count_for_no_other() {
    govern("acme/seats", "{'delete': 'approve', 'approver': {'consensus': 2}}");
    var id = room.store(ann, "acme/seats", "thing", "c");
    var pending = room.call(ann, "memory_delete", "{'id': '" + id + "'}").get("pending_id").asText();
    room.call(carl, "memory_pending_approve", "{'id': '" + pending + "'}");
    govern("acme/seats", "{'delete': 'approve', 'approver': {'agent': 'bob'}}");
    assertThat(room.code(carl, "memory_pending_approve", "{'id': '" + pending + "'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.call(bob, "memory_pending_approve", "{'id': '" + pending + "'}").get("executed").asBoolean()).isTrue();
  }

  private static void recall(int times) {
    for (var i = 0; i < times; i++) {
      assertThat(room.titles(bob, "memory_recall", "{'context': 'bandicoot', 'namespace': 'acme/recalled/below'}", "memories")).hasSize(1);
    }
  }

  /** How long an entry still lives, by the database's clock. */
  private static String days(String id) {
    return room.value("SELECT round(extract(epoch FROM expires_at - now()) / 86400, 1) FROM agentbus.memory_entries WHERE id = '" + id + "'");
  }

  private static void govern(String namespace, String governance) {
    var standard = room.call(OPERATOR, "memory_store", "{'title': 'standard', 'content': 'c', 'namespace': '" + namespace + "', 'on_conflict': 'version'}");
    var id = standard.path("id").isMissingNode() ? room.store(OPERATOR, "acme/standards", namespace + governance.hashCode(), "c") : standard.get("id").asText();
    room.call(OPERATOR, "memory_namespace_set_standard", "{'namespace': '" + namespace + "', 'id': '" + id + "', 'governance': " + governance + "}");
  }
}
