package io.agentbus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.crypto.TokenKind;
import io.agentbus.crypto.Tokens;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RegistrationTest {
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

  @Test
  void a_join_token_registers_one_agent_which_then_acts_as_itself_in_its_namespace() {
    var registered = fleet.register("acme", "devops");

    var caller = fleet.authenticator.authenticate(registered.agentToken());
    assertThat(caller.name()).isEqualTo("devops");
    assertThat(caller.actor()).isEqualTo("agent:acme/devops");
    assertThat(caller.namespaces()).containsExactly(new NamespacePath("acme"));
    assertThat(caller.rights()).containsExactlyInAnyOrder(Right.READ, Right.ASK, Right.WORK);
    assertThat(registered.agent().concurrency()).as("one job at a time unless said otherwise").isEqualTo(1);
    assertThat(registered.agent().status()).isEqualTo("offline");
    assertThat(registered.agentToken()).startsWith(TokenKind.AGENT.prefix());
  }

  @Test
  void no_token_stands_in_the_database_or_the_journal() {
    var join = fleet.joinToken("acme");
    var token = fleet.register(join, "quiet", null).agentToken();

    for (var table : List.of("tokens", "agents", "journal")) {
      assertThat(fleet.value("SELECT count(*) FROM " + table + " t WHERE t::text LIKE '%" + token.substring(4)
          + "%' OR t::text LIKE '%" + join.substring(4) + "%'")).as(table).isEqualTo(0L);
    }
    assertThat(fleet.value("SELECT length(digest) FROM tokens WHERE name = 'quiet'")).isEqualTo(32);
  }

  @Test
  void a_concurrency_of_zero_is_no_limit() {
    var registered = fleet.register(fleet.joinToken("acme"), "wide", 0);

    assertThat(registered.agent().concurrency()).isZero();
    assertThat(fleet.directory.agent(new NamespacePath("acme"), "wide").concurrency()).isNull();
  }

  @Test
  void every_join_token_that_does_not_open_is_refused_in_the_same_words() {
    var used = fleet.joinToken("acme");
    fleet.register(used, "first-of-used", null);
    var expired = fleet.joinToken("acme");
    fleet.execute("UPDATE tokens SET expires_at = now() - interval '1 second' WHERE kind = 'join' AND used_at IS NULL");
    var revoked = fleet.joinToken("acme");
    fleet.execute(
        "UPDATE tokens SET revoked_at = now() WHERE kind = 'join' AND used_at IS NULL AND expires_at > now()");
    var agentToken = fleet.register("acme", "no-joiner").agentToken();

    assertThat(List.of(used, expired, revoked, agentToken, Tokens.make(TokenKind.JOIN), "abc"))
        .map(token -> Fleet.refusal(() -> fleet.register(token, "late", null)))
        .allSatisfy(refusal -> assertThat(refusal.code()).isEqualTo(ProblemCode.UNAUTHENTICATED))
        .map(ProblemException::getMessage).containsOnly(Fleet.refusal(() -> fleet.register(used, "late", null))
        .getMessage());
  }

  @Test
  void a_join_token_opens_nothing_but_registration() {
    var join = fleet.joinToken("acme");

    assertThat(Fleet.code(() -> fleet.authenticator.authenticate(join))).isEqualTo(ProblemCode.UNAUTHENTICATED);
  }

  @Test
  void a_registration_that_fails_leaves_the_join_token_as_it_was() {
    fleet.register("acme", "taken");
    var join = fleet.joinToken("acme");

    assertThat(Fleet.refusal(() -> fleet.register(join, "not a name", null)).errors().getFirst().pointer())
        .isEqualTo("/name");
    assertThat(Fleet.code(() -> fleet.register(join, "taken", null))).isEqualTo(ProblemCode.DUPLICATE_CONFLICT);

    assertThat(fleet.register(join, "not-taken", null).agent().name()).isEqualTo("not-taken");
  }

  @Test
  void of_many_registrations_with_one_join_token_one_wins() throws InterruptedException {
    var join = fleet.joinToken("race");
    var number = new AtomicInteger();

    var outcomes = Fleet.atOnce(8, () -> fleet.register(join, "racer-" + number.incrementAndGet(), null));

    assertThat(outcomes).filteredOn(RegisteredAgent.class::isInstance).hasSize(1);
    assertThat(outcomes).filteredOn(ProblemException.class::isInstance).hasSize(7)
        .allSatisfy(refusal -> assertThat(((ProblemException) refusal).code()).isEqualTo(ProblemCode.UNAUTHENTICATED));
    assertThat(fleet.value(
        "SELECT count(*) FROM agents a JOIN namespaces n ON n.id = namespace_id WHERE path = 'race'")).isEqualTo(1L);
  }

  @Test
  void of_many_registrations_of_one_name_one_wins_and_the_others_keep_their_join_tokens() throws InterruptedException {
    var outcomes = Fleet.atOnce(6, () -> fleet.register("same", "only-one"));

    assertThat(outcomes).filteredOn(RegisteredAgent.class::isInstance).hasSize(1);
    assertThat(outcomes).filteredOn(ProblemException.class::isInstance).hasSize(5)
        .allSatisfy(refusal -> assertThat(((ProblemException) refusal).code())
        .isEqualTo(ProblemCode.DUPLICATE_CONFLICT));
    assertThat(fleet.value(
        "SELECT count(*) FROM tokens WHERE kind = 'join' AND used_at IS NULL AND namespaces = '{same}'")).isEqualTo(5L);
  }

  @Test
  void an_agent_without_a_valid_token_is_adopted_with_its_id_and_its_operators_wish() {
    var first = fleet.register("acme", "phoenix");
    fleet.agents.updateAgent(fleet.operator(), Fleet.update("phoenix", "acme", "draining", null, null));
    fleet.agentTokens.revokeAgentToken(fleet.operator(), new RevokeAgentToken("phoenix", "acme", "leaked"));

    var second = fleet.register(fleet.joinToken("acme"), "phoenix", 3);

    assertThat(second.agent().id()).isEqualTo(first.agent().id());
    assertThat(second.agent().concurrency()).isEqualTo(3);
    assertThat(second.agent().desired()).as("registering again does not undo a drain").isEqualTo("draining");
  }

  @Test
  void the_same_name_in_two_namespaces_is_two_agents() {
    var one = fleet.register("acme", "twin");
    var other = fleet.register("zeta", "twin");

    assertThat(one.agent().id()).isNotEqualTo(other.agent().id());
  }

  @Test
  void a_join_token_that_limits_its_agent_holds_it_to_that_later_too() {
    var join = fleet.agentTokens.createJoinToken(fleet.operator(),
        new CreateJoinToken("acme", null, List.of("linux", "eu"), List.of("build"), 2)).joinToken();

    assertThat(Fleet.code(() -> fleet.register(join, "bound", 3))).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(Fleet.code(() -> fleet.register(join, "bound", 0))).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(Fleet.code(() -> fleet.agents.registerAgent(fleet.anonymous(),
        Fleet.wish(join, "bound", 1, List.of("root"))))).isEqualTo(ProblemCode.FORBIDDEN);

    var registered = fleet.agents.registerAgent(fleet.anonymous(), Fleet.wish(join, "bound", 2, List.of("eu")));
    assertThat(registered.agent().tags()).containsExactly("eu");
    assertThat(registered.agent().capabilities()).containsExactly("build");
    var self = fleet.as(registered.agentToken());
    assertThat(Fleet.code(() -> fleet.agents.updateAgent(self, Fleet.update(null, null, null, null, List.of("root")))))
        .isEqualTo(ProblemCode.FORBIDDEN);
    var rotated = fleet.as(fleet.agentTokens.rotateAgentToken(self, new RotateAgentToken(null, null, 0)).agentToken());
    assertThat(Fleet.code(() -> fleet.agents.updateAgent(rotated,
        Fleet.update(null, null, null, null, List.of("root")))))
        .as("a rotated token keeps the terms").isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(fleet.agents.updateAgent(rotated, Fleet.update(null, null, null, null, List.of("linux"))).tags())
        .containsExactly("linux");
  }

  @Test
  void registering_is_journalled_with_who_made_the_join_token_possible() {
    fleet.register("acme", "journalled");

    assertThat(fleet.value("""
        SELECT j.detail->>'join_token_id' = t.id::text AND j.actor = 'agent:acme/journalled' AND p.n = 1
        FROM journal j JOIN journal_pending p ON p.first_id = j.id
        JOIN tokens t ON t.kind = 'join' AND t.id::text = j.detail->>'join_token_id'
        WHERE j.action = 'register_agent' AND j.detail->>'agent' = 'journalled'""")).isEqualTo(true);
  }

  @Test
  void an_operator_that_claims_under_an_unknown_name_makes_an_agent_that_can_be_registered_later()
      throws InterruptedException {
    var namespace = new NamespacePath("implicit/team");

    var made = Fleet.atOnce(4, () -> fleet.agents.implicitAgent(fleet.database, namespace, "walk-in", "token:operator")
        .agentNo());

    assertThat(made.stream().distinct()).hasSize(1);
    assertThat(fleet.directory.agent(namespace, "walk-in").concurrency()).isNull();
    assertThat(fleet.value(
        "SELECT count(*) FROM journal WHERE action = 'create_agent' AND detail->>'agent' = 'walk-in'")).isEqualTo(1L);
    assertThat(fleet.register("implicit/team", "walk-in").agent().concurrency()).isEqualTo(1);
  }

  @Test
  void a_join_token_lies_within_the_walls_of_its_maker() {
    var walled = fleet.operator(List.of("acme"));

    assertThat(Fleet.code(() -> fleet.agentTokens.createJoinToken(walled,
        new CreateJoinToken("zeta", null, null, null, null))))
        .isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(fleet.agentTokens.createJoinToken(walled, new CreateJoinToken("acme/new", null, null, null, null))
        .namespace()).isEqualTo(new NamespacePath("acme/new"));
    assertThat(fleet.agentTokens.createJoinToken(walled, new CreateJoinToken(null, null, null, null, null)).namespace())
        .isEqualTo(new NamespacePath("acme"));
  }
}
