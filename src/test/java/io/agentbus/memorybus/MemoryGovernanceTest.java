package io.agentbus.memorybus;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Standards say who may do what, and what waits for approval is carried out once or not at all. */
@Timeout(60)
class MemoryGovernanceTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final Caller OPERATOR = TestBus.operatorOf("acme");
  private static MemoryRoom room;
  private static Caller ann;
  private static Caller bob;
  private static Caller carl;
  private static Caller stranger;

  @BeforeAll
  static void open() {
    room = new MemoryRoom(DATABASE);
    ann = room.agent("acme", "ann");
    bob = room.agent("acme", "bob");
    carl = room.agent("acme", "carl");
    stranger = room.agent("globex", "ann");
  }

  @AfterAll
  static void close() {
    room.close();
  }

  @Test
  void a_standard_governs_its_namespace_and_those_below() {
    govern("acme/inherit", "{'write': 'owner'}");
    assertThat(room.code(ann, "memory_store", "{'title': 't', 'content': 'c', 'namespace': 'acme/inherit/below'}")).isEqualTo(ProblemCode.FORBIDDEN);
    govern("acme/inherit/below", "{'write': 'registered'}");
    assertThat(room.code(ann, "memory_store", "{'title': 't', 'content': 'c', 'namespace': 'acme/inherit/below'}")).isNull();
    assertThat(room.code(ann, "memory_store", "{'title': 't', 'content': 'c', 'namespace': 'acme/inherit'}")).isEqualTo(ProblemCode.FORBIDDEN);
  }

  @Test
  void a_standard_that_is_not_inherited_ends_at_its_namespace() {
    govern("acme/alone", "{'write': 'owner', 'inherit': false}");
    assertThat(room.code(ann, "memory_store", "{'title': 't', 'content': 'c', 'namespace': 'acme/alone'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.code(ann, "memory_store", "{'title': 't', 'content': 'c', 'namespace': 'acme/alone/below'}")).isNull();
  }

  @Test
  void a_standard_falls_back_to_the_parent_it_names() {
    govern("acme/parent", "{'delete': 'any'}");
    var standard = room.store(OPERATOR, "acme/child", "standard", "c");
    room.call(OPERATOR, "memory_namespace_set_standard", "{'namespace': 'acme/child', 'id': '" + standard + "', 'parent': 'acme/parent'}");
    var id = room.store(ann, "acme/child", "t", "c");
    assertThat(room.code(bob, "memory_delete", "{'id': '" + id + "'}")).isNull();
  }

  @Test
  void only_who_set_a_standard_or_an_operator_sets_another() {
    var lead = new Caller(java.util.UUID.randomUUID(), ann.name(), ann.agentNo(), ann.namespaces(), java.util.EnumSet.allOf(io.agentbus.op.Right.class));
    var standard = room.store(ann, "acme/first", "standard", "c");
    var set = "{'namespace': 'acme/first', 'id': '" + standard + "', 'governance': {'write': 'owner', 'approver': {'agent': 'ann'}}}";
    assertThat(room.refused(ann, "memory_namespace_set_standard", set).getMessage()).contains("the first is for an operator to set");
    assertThat(room.code(bob, "memory_store", "{'title': 'not locked out', 'content': 'c', 'namespace': 'acme/first'}")).isNull();
    var answer = room.call(lead, "memory_namespace_set_standard", set);
    assertThat(answer.get("set").asBoolean()).isTrue();
    assertThat(answer.get("standard_id").asText()).isEqualTo(standard);
    assertThat(room.code(bob, "memory_namespace_set_standard", set)).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.code(bob, "memory_namespace_set_standard", set.replace("acme/first", "acme/first/below"))).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.code(ann, "memory_namespace_set_standard", set)).isNull();
    assertThat(room.code(OPERATOR, "memory_namespace_set_standard", set)).isNull();
    assertThat(room.refused(ann, "memory_namespace_set_standard", set.replace("{'agent': 'ann'}", "{'consensus': 0}")).getMessage())
        .contains("/governance/approver");
  }

  @Test
  void what_needs_approval_is_not_there_until_a_person_approves() {
    govern("acme/human", "{'write': 'approve'}");
    var pending = room.call(ann, "memory_store", "{'title': 'asked', 'content': 'c', 'namespace': 'acme/human'}");
    assertThat(pending.get("status").asText()).isEqualTo("pending");
    assertThat(pending.get("action").asText()).isEqualTo("store");
    assertThat(pending.get("reason").asText()).isEqualTo("governance requires approval");
    assertThat(pending.has("id")).isFalse();
    assertThat(room.titles(ann, "memory_list", "{'namespace': 'acme/human'}", "memories")).doesNotContain("asked");
    var id = pending.get("pending_id").asText();
    assertThat(room.code(bob, "memory_pending_approve", "{'id': '" + id + "'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.code(stranger, "memory_pending_approve", "{'id': '" + id + "'}")).isEqualTo(ProblemCode.NOT_FOUND);
    var approved = room.call(OPERATOR, "memory_pending_approve", "{'id': '" + id + "'}");
    assertThat(approved.get("approved").asBoolean()).isTrue();
    assertThat(approved.get("executed").asBoolean()).isTrue();
    assertThat(room.call(bob, "memory_get", "{'id': '" + approved.get("memory_id").asText() + "'}").at("/metadata/agent_id").asText()).isEqualTo("ann");
    assertThat(room.code(OPERATOR, "memory_pending_approve", "{'id': '" + id + "'}")).isEqualTo(ProblemCode.INVALID_TRANSITION);
    assertThat(room.call(ann, "memory_pending_list", "{'status': 'approved'}").get("pending").findValuesAsText("id")).contains(id);
    assertThat(room.call(stranger, "memory_pending_list", "{}").get("count").asInt()).isZero();
  }

  @Test
  void of_approvals_at_once_one_carries_it_out() {
    govern("acme/race", "{'write': 'approve', 'approver': {'agent': 'bob'}}");
    var id = ask("acme/race", "raced");
    var answers = room.atOnce(8, () -> room.call(bob, "memory_pending_approve", "{'id': '" + id + "'}"));
    assertThat(answers.stream().filter(answer -> answer instanceof JsonNode)).hasSize(1);
    assertThat(answers.stream().filter(answer -> answer instanceof ProblemException problem && problem.code() == ProblemCode.INVALID_TRANSITION)).hasSize(7);
    assertThat(room.value("SELECT count(*) FROM agentbus.memory_entries WHERE title = 'raced'")).isEqualTo("1");
  }

  @Test
  void an_approval_and_a_rejection_at_once_do_not_both_win() {
    govern("acme/both", "{'write': 'approve', 'approver': {'agent': 'bob'}}");
    for (var i = 0; i < 5; i++) {
      var id = ask("acme/both", "both " + i);
      var which = new java.util.concurrent.atomic.AtomicInteger();
      var answers = room.atOnce(2, () -> room.call(bob, which.getAndIncrement() == 0 ? "memory_pending_approve" : "memory_pending_reject",
          "{'id': '" + id + "'}"));
      assertThat(answers.stream().filter(answer -> answer instanceof JsonNode)).hasSize(1);
      var there = room.value("SELECT count(*) FROM agentbus.memory_entries WHERE title = 'both " + i + "'");
      var status = room.value("SELECT status FROM agentbus.memory_pending WHERE id = '" + id + "'");
      assertThat(there).isEqualTo(status.equals("approved") ? "1" : "0");
    }
  }

  @Test
  void several_agents_approve_with_one_vote_each_and_not_their_own_wish() {
    govern("acme/votes", "{'write': 'approve', 'approver': {'consensus': 2}}");
    var id = ask("acme/votes", "voted");
    assertThat(room.code(ann, "memory_pending_approve", "{'id': '" + id + "'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.code(OPERATOR, "memory_pending_approve", "{'id': '" + id + "'}")).isEqualTo(ProblemCode.FORBIDDEN);
    var one = room.call(bob, "memory_pending_approve", "{'id': '" + id + "'}");
    assertThat(one.get("approved").asBoolean()).isFalse();
    assertThat(one.get("status").asText()).isEqualTo("pending");
    assertThat(one.get("votes").asInt()).isEqualTo(1);
    assertThat(one.get("quorum").asInt()).isEqualTo(2);
    assertThat(room.call(bob, "memory_pending_approve", "{'id': '" + id + "'}").get("votes").asInt()).isEqualTo(1);
    assertThat(room.call(ann, "memory_pending_list", "{'status': 'pending'}").get("pending").toString()).contains("agent:acme/bob");
    assertThat(room.call(carl, "memory_pending_approve", "{'id': '" + id + "'}").get("approved").asBoolean()).isTrue();
  }

  @Test
  void an_agent_below_that_took_the_name_of_the_approver_is_not_the_approver() {
    govern("acme/named", "{'write': 'approve', 'approver': {'agent': 'bob'}}");
    var impostor = room.agent("acme/named/team", "bob");
    var id = ask("acme/named/team", "asked below");
    assertThat(room.code(impostor, "memory_pending_approve", "{'id': '" + id + "'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.code(impostor, "memory_pending_reject", "{'id': '" + id + "'}")).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(room.call(bob, "memory_pending_approve", "{'id': '" + id + "'}").get("executed").asBoolean()).isTrue();
  }

  @Test
  void an_action_that_cannot_be_carried_out_stays_pending() {
    govern("acme/stuck", "{'write': 'approve', 'approver': {'agent': 'bob'}}");
    var first = ask("acme/stuck", "same");
    var second = ask("acme/stuck", "same");
    room.call(bob, "memory_pending_approve", "{'id': '" + first + "'}");
    assertThat(room.code(bob, "memory_pending_approve", "{'id': '" + second + "'}")).isEqualTo(ProblemCode.DUPLICATE_CONFLICT);
    assertThat(room.value("SELECT status FROM agentbus.memory_pending WHERE id = '" + second + "'")).isEqualTo("pending");
    assertThat(room.call(ann, "memory_pending_reject", "{'id': '" + second + "'}").get("rejected").asBoolean()).isTrue();
  }

  @Test
  void deleting_promoting_and_changing_wait_too() {
    var id = room.store(ann, "acme/all", "thing", "c");
    var other = room.store(ann, "acme/all", "other", "c");
    govern("acme/all", "{'write': 'approve', 'promote': 'approve', 'delete': 'approve', 'approver': {'agent': 'bob'}}");
    var update = room.call(ann, "memory_update", "{'id': '" + id + "', 'content': 'changed'}");
    var promote = room.call(ann, "memory_promote", "{'id': '" + id + "'}");
    var delete = room.call(ann, "memory_delete", "{'id': '" + other + "'}");
    assertThat(update.get("updated").asBoolean()).isFalse();
    assertThat(promote.get("promoted").asBoolean()).isFalse();
    assertThat(delete.get("deleted").asBoolean()).isFalse();
    var before = room.call(TestBus.operatorOf("acme/all"), "memory_capabilities", "{}").at("/approval/pending_requests").asInt();
    for (var pending : java.util.List.of(update, promote, delete)) {
      assertThat(room.call(bob, "memory_pending_approve", "{'id': '" + pending.get("pending_id").asText() + "'}").get("approved").asBoolean()).isTrue();
    }
    var entry = room.call(ann, "memory_get", "{'id': '" + id + "'}");
    assertThat(entry.get("content").asText()).isEqualTo("changed");
    assertThat(entry.get("tier").asText()).isEqualTo("long");
    assertThat(room.code(ann, "memory_get", "{'id': '" + other + "'}")).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(before).isEqualTo(3);
    assertThat(room.call(TestBus.operatorOf("acme/all"), "memory_capabilities", "{}").at("/approval/pending_requests").asInt()).isZero();
  }

  @Test
  void capabilities_are_what_is_so_now() {
    var told = room.call(ann, "memory_capabilities", "{}");
    assertThat(told.get("schema_version").isTextual()).isTrue();
    assertThat(told.get("schema_version").asText()).isEqualTo("2");
    assertThat(told.at("/features/recall_mode_active").asText()).isEqualTo("keyword_only");
    assertThat(told.at("/features/embedder_loaded").asBoolean()).isFalse();
    assertThat(told.at("/features/reranker_active").asText()).isEqualTo("off");
    assertThat(told.at("/hooks/webhook_events").toString()).contains("memory_store", "memory_link_created");
    var rules = told.at("/permissions/active_rules").asInt();
    govern("acme/rules" + rules, "{}");
    assertThat(room.call(ann, "memory_capabilities", "{}").at("/permissions/active_rules").asInt()).isEqualTo(rules + 1);
    var old = room.call(ann, "memory_capabilities", "{'accept': 'v1'}");
    assertThat(old.properties()).extracting(entry -> entry.getKey()).containsExactly("tier", "version", "features", "models");
  }

  private static void govern(String namespace, String governance) {
    var standard = room.call(OPERATOR, "memory_store", "{'title': 'standard', 'content': 'c', 'namespace': '" + namespace + "', 'on_conflict': 'merge'}");
    room.call(OPERATOR, "memory_namespace_set_standard", "{'namespace': '" + namespace + "', 'id': '" + standard.get("id").asText() + "', 'governance': "
        + governance + "}");
  }

  private static String ask(String namespace, String title) {
    return room.call(ann, "memory_store", "{'title': '" + title + "', 'content': 'c', 'namespace': '" + namespace + "'}").get("pending_id").asText();
  }
}
