package io.agentbus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jspecify.annotations.Nullable;

class AgentsTest {
  @RegisterExtension
  static final PgDatabase database = new PgDatabase();

  static Fleet fleet;

  @BeforeAll
  static void open() {
    fleet = new Fleet(database);
  }

  @AfterAll
  static void close() {
    fleet.close();
  }

  private static AgentHeartbeat beat(@Nullable String agent, @Nullable String version) {
    return new AgentHeartbeat(agent, null, null, null, version, null);
  }

  @Test
  void a_heartbeat_makes_an_agent_online_at_once_and_silence_makes_it_offline() {
    var token = fleet.register("beat", "lively").agentToken();

    assertThat(fleet.agents.agentHeartbeat(fleet.as(token), beat(null, null)).agent().status()).isEqualTo("online");
    assertThat(fleet.get("beat", "lively").status()).isEqualTo("online");

    fleet.presence.flush();
    assertThat(fleet.get("beat", "lively").status()).isEqualTo("online");
    fleet.execute("UPDATE agent_presence SET last_heartbeat_at = now() - interval '91 seconds'");
    assertThat(fleet.get("beat", "lively").status()).isEqualTo("offline");
    assertThat(fleet.value("SELECT node_id FROM agent_presence LIMIT 1")).isEqualTo("n1");
  }

  @Test
  void a_heartbeat_never_undoes_a_drain_or_a_disable() {
    var token = fleet.register("beat", "drained").agentToken();
    fleet.agents.updateAgent(fleet.operator(), Fleet.update("drained", "beat", "draining", null, null));

    var answer = fleet.agents.agentHeartbeat(fleet.as(token), beat(null, "2.0"));

    assertThat(answer.agent().status()).isEqualTo("draining");
    assertThat(answer.agent().version()).isEqualTo("2.0");
    assertThat(answer.desiredState().action()).isEqualTo("drain");
    fleet.agents.updateAgent(fleet.operator(), Fleet.update("drained", "beat", "disabled", null, null));
    assertThat(fleet.agents.agentHeartbeat(fleet.as(token), beat("drained", null)).desiredState().action())
        .isEqualTo("disable");
    assertThat(fleet.get("beat", "drained").status()).isEqualTo("disabled");
  }

  @Test
  void a_heartbeat_is_ones_own() {
    var token = fleet.register("beat", "me").agentToken();
    fleet.register("beat", "sibling");
    fleet.register("elsewhere", "stranger");

    assertThat(Fleet.code(() -> fleet.agents.agentHeartbeat(fleet.as(token), beat("sibling", null))))
        .isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(Fleet.code(() -> fleet.agents.agentHeartbeat(fleet.as(token), beat("stranger", null))))
        .isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(Fleet.code(() -> fleet.agents.agentHeartbeat(fleet.operator(), beat(null, null))))
        .isEqualTo(ProblemCode.FORBIDDEN);
  }

  @Test
  void an_agent_changes_itself_and_nobody_else() {
    var token = fleet.register("own", "self").agentToken();
    var sibling = fleet.register("own", "other");
    var self = fleet.as(token);

    var metadata = JsonNodeFactory.instance.objectNode().put("gpu", true);
    var after = fleet.agents.updateAgent(self, new UpdateAgent(null, null, null, null, List.of("a", "b"), List.of("c"),
        "webhook", "host", "uid", "linux", "1.2", metadata));

    assertThat(after.tags()).containsExactly("a", "b");
    assertThat(after.metadata()).isEqualTo(metadata);
    assertThat(fleet.directory.agent(new NamespacePath("own"), "self").capabilities()).as("seen at once")
        .containsExactly("c");
    for (var name : List.of("other", sibling.agent().id().toString())) {
      assertThat(Fleet.code(() -> fleet.agents.updateAgent(self, Fleet.update(name, null, null, null, List.of("x")))))
          .isEqualTo(ProblemCode.FORBIDDEN);
    }
  }

  @Test
  void desired_state_and_concurrency_need_an_operator() {
    var self = fleet.as(fleet.register("own", "meek").agentToken());

    assertThat(Fleet.code(() -> fleet.agents.updateAgent(self, Fleet.update(null, null, "active", null, null))))
        .isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(Fleet.code(() -> fleet.agents.updateAgent(self, Fleet.update(null, null, null, 100, null))))
        .isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(fleet.agents.updateAgent(fleet.operator(), Fleet.update("meek", "own", null, 5, null)).concurrency())
        .isEqualTo(5);
  }

  @Test
  void changing_twice_is_the_same_answer_and_one_row_of_the_journal() {
    fleet.register("own", "twice");

    var first = fleet.agents.updateAgent(fleet.operator(), Fleet.update("twice", "own", "draining", 4, List.of("x")));
    var second = fleet.agents.updateAgent(fleet.operator(), Fleet.update("twice", "own", "draining", 4, List.of("x")));

    assertThat(second.desired()).isEqualTo(first.desired());
    assertThat(fleet.value("SELECT count(*) FROM journal WHERE action = 'update_agent' AND detail->>'agent' = 'twice'"))
        .isEqualTo(1L);
    assertThat(fleet.value(
        "SELECT detail->'changes'->'desired'->>1 FROM journal"
            + " WHERE action = 'update_agent' AND detail->>'agent' = 'twice'"))
        .isEqualTo("draining");
  }

  @Test
  void limiting_an_agent_makes_what_it_holds_count_against_the_limit() {
    fleet.register(fleet.joinToken("own"), "greedy", 0);
    var agentNo = fleet.directory.agent(new NamespacePath("own"), "greedy").agentNo();
    fleet.execute(
        "INSERT INTO job_leases (id, fence, leased_at, leased_until, sweep_at, agent_no, queue_id, namespace_id, lease_seconds,"
        + " attempt, limited, owner)"
        + " SELECT gen_random_uuid(), n, now(), now(), now(), " + agentNo + ", 1, 1, 600, 1, false, 'greedy' FROM generate_series(1, 3) n");

    fleet.agents.updateAgent(fleet.operator(), Fleet.update("greedy", "own", null, 2, null));

    assertThat(fleet.value("SELECT count(*) FROM job_leases WHERE limited AND agent_no = " + agentNo)).isEqualTo(3L);
  }

  @Test
  void an_agent_sees_the_agents_of_its_namespace_and_below_and_no_others() {
    var self = fleet.as(fleet.register("walls/a", "inside").agentToken());
    fleet.register("walls/a/b", "below");
    fleet.register("walls", "above");
    fleet.register("walls/ab", "neighbour");

    assertThat(fleet.agents.listAgents(self, list(null, null, 100, null)).items()).map(Agent::name)
        .containsExactly("inside", "below");
    assertThat(Fleet.code(() -> fleet.agents.listAgents(self, list("walls", null, 100, null))))
        .isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(fleet.agents.listAgents(self, list("walls/**", null, 100, null)).items()).hasSize(2);
    var outside = Fleet.refusal(() -> fleet.agents.getAgent(self, new GetAgent("above", null)));
    var absent = Fleet.refusal(() -> fleet.agents.getAgent(self, new GetAgent("nobody", null)));
    assertThat(outside.getMessage().replace("above", "nobody")).isEqualTo(absent.getMessage());
    assertThat(Fleet.code(() -> fleet.agents.getAgent(self, new GetAgent("neighbour", "walls/ab"))))
        .isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(Fleet.code(() -> fleet.agents.getAgent(self, new GetAgent(fleet.get("walls", "above").id().toString(),
        null)))).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(fleet.agents.getAgent(self, new GetAgent("below", "walls/a/b")).name()).isEqualTo("below");
  }

  @Test
  void a_list_goes_on_where_its_cursor_says_until_nothing_is_left() {
    for (var i = 0; i < 7; i++) {
      fleet.register("pages/p" + i % 2, "agent-" + i);
    }
    var names = new ArrayList<String>();
    String cursor = null;
    do {
      var page = fleet.agents.listAgents(fleet.operator(), list("pages/*", null, 3, cursor));
      page.items().forEach(agent -> names.add(agent.namespace() + " " + agent.name()));
      cursor = page.next();
    } while (cursor != null);

    assertThat(names).hasSize(7).doesNotHaveDuplicates().isSorted();
    assertThat(Fleet.refusal(() -> fleet.agents.listAgents(fleet.operator(), list(null, null, 3, "???"))).errors()
        .getFirst().pointer()).isEqualTo("/cursor");
  }

  @Test
  void a_list_can_be_narrowed_by_status_tag_capability_and_name() {
    var lively = fleet.as(fleet.register("narrow", "lively").agentToken());
    fleet.register("narrow", "silent");
    fleet.agents.updateAgent(lively, new UpdateAgent(null, null, null, null, List.of("t1"), List.of("c1"), null, null,
        null, null, null, null));
    fleet.agents.agentHeartbeat(lively, beat(null, null));

    assertThat(fleet.agents.listAgents(fleet.operator(), list("narrow", "online", 10, null)).items()).map(Agent::name)
        .containsExactly("lively");
    fleet.presence.flush();
    assertThat(fleet.agents.listAgents(fleet.operator(), list("narrow", "offline", 10, null)).items()).map(Agent::name)
        .containsExactly("silent");
    for (var wish : List.of(new ListAgents("narrow", null, "t1", null, null, null, null),
        new ListAgents("narrow", null, null, "c1", null, null, null), new ListAgents("narrow", null, null, null, "liv",
        null, null))) {
      assertThat(fleet.agents.listAgents(fleet.operator(), wish).items()).map(Agent::name).containsExactly("lively");
    }
  }

  @Test
  void looking_at_a_namespace_that_is_absent_does_not_make_it() {
    assertThat(Fleet.code(() -> fleet.agents.getAgent(fleet.operator(), new GetAgent("x", "typo"))))
        .isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(Fleet.code(() -> fleet.agents.listAgents(fleet.operator(), list("typo", null, 1, null))))
        .isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(fleet.value("SELECT count(*) FROM namespaces WHERE path = 'typo'")).isEqualTo(0L);
  }

  @Test
  void only_an_operators_first_use_makes_a_namespace_and_says_so_once() throws InterruptedException {
    var self = fleet.as(fleet.register("first", "settler").agentToken());
    assertThat(Fleet.code(() -> fleet.directory.meant(self, "first/use"))).isEqualTo(ProblemCode.NOT_FOUND);

    assertThat(Fleet.atOnce(6, () -> fleet.directory.meant(fleet.operator(), "first/use")))
        .containsOnly(new NamespacePath("first/use"));

    assertThat(fleet.directory.meant(self, "first/use")).isEqualTo(new NamespacePath("first/use"));
    assertThat(fleet.value("SELECT count(*) FROM journal j JOIN namespaces n ON n.id = j.namespace_id"
        + " WHERE j.action = 'create_namespace' AND n.path = 'first/use'")).isEqualTo(1L);
    var refusal = Fleet.refusal(() -> fleet.directory.meant(fleet.operator(), "Not/A/Namespace"));
    assertThat(refusal.errors().getFirst().pointer()).isEqualTo("/namespace");
  }

  @Test
  void a_namespace_made_within_a_transaction_is_seen_by_everyone_even_when_that_is_rolled_back() {
    Fleet.refusal(() -> fleet.database.inTransaction(tx -> {
      assertThat(fleet.directory.namespacePath(fleet.directory.ensureNamespace(tx, new NamespacePath("in/tx"),
          "token:operator")).value()).isEqualTo("in/tx");
      throw ProblemException.of(ProblemCode.FORBIDDEN, "rolled back");
    }));

    assertThat(fleet.value("SELECT count(*) FROM namespaces WHERE path = 'in/tx'")).isEqualTo(1L);
  }

  @Test
  void a_name_means_the_nearest_agent_upwards() {
    fleet.register("up", "helper");
    fleet.register("up/a", "helper");

    assertThat(fleet.directory.resolve(new NamespacePath("up/a/b"), "helper").namespace().value()).isEqualTo("up/a");
    assertThat(fleet.directory.resolve(new NamespacePath("up/b"), "helper").namespace().value()).isEqualTo("up");
    assertThat(fleet.directory.resolve(new NamespacePath("upper"), "helper")).isNull();
    assertThat(fleet.directory.agent(new NamespacePath("up/b"), "helper")).isNull();
  }

  @Test
  void any_call_with_an_agents_token_counts_as_a_sign_of_life() {
    var token = fleet.register("beat", "caller").agentToken();
    fleet.authenticator.authenticate(token);
    fleet.presence.flush();

    assertThat(fleet.get("beat", "caller").status()).isEqualTo("online");
    assertThat(fleet.value("SELECT last_used_at IS NOT NULL FROM tokens WHERE name = 'caller'")).isEqualTo(true);
  }

  private static ListAgents list(@Nullable String namespace, @Nullable String status, int limit,
      @Nullable String cursor) {
    return new ListAgents(namespace, status, null, null, null, limit, cursor);
  }
}
