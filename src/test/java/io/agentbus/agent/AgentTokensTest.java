package io.agentbus.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.crypto.TokenKind;
import io.agentbus.crypto.Tokens;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AgentTokensTest {
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

  private static boolean isValid(String token) {
    try {
      fleet.authenticator.authenticate(token);
      return true;
    } catch (ProblemException refusal) {
      assertThat(refusal.code()).isEqualTo(ProblemCode.UNAUTHENTICATED);
      return false;
    }
  }

  @Test
  void unknown_expired_and_revoked_tokens_are_refused_in_the_same_words() {
    var revoked = fleet.register("acme", "revoked").agentToken();
    fleet.agentTokens.revokeAgentToken(fleet.operator(), new RevokeAgentToken("revoked", "acme", null));
    var expired = fleet.register("acme", "expired").agentToken();
    fleet.execute("UPDATE tokens SET expires_at = now() WHERE name = 'expired'");

    assertThat(List.of(revoked, expired, Tokens.make(TokenKind.AGENT), "", "aba_short", "x".repeat(47), "aba_"
        + "\u00e9".repeat(43))).map(token -> Fleet.refusal(() -> fleet.authenticator.authenticate(
        token)).getMessage()).containsOnly(Fleet.refusal(() -> fleet.authenticator.authenticate("none")).getMessage());
  }

  @Test
  void revoking_works_at_once_on_this_node_though_the_token_was_just_used() {
    var token = fleet.register("acme", "fired").agentToken();
    assertThat(isValid(token)).isTrue();

    var answer = fleet.agentTokens.revokeAgentToken(fleet.operator(), new RevokeAgentToken("fired", "acme", "left"));

    assertThat(answer.revoked()).isEqualTo(1);
    assertThat(isValid(token)).isFalse();
    assertThat(fleet.agentTokens.revokeAgentToken(fleet.operator(), new RevokeAgentToken("fired", "acme", "left"))
        .revoked()).isZero();
    assertThat(fleet.value(
        "SELECT count(*) FROM journal WHERE action = 'revoke_agent_token' AND detail->>'agent' = 'fired'")).isEqualTo(
        1L);
  }

  @Test
  void rotation_lets_the_old_token_go_on_for_the_overlap() {
    var old = fleet.register("acme", "rotating");
    var self = fleet.as(old.agentToken());

    var rotated = fleet.agentTokens.rotateAgentToken(self, new RotateAgentToken(null, null, null));

    assertThat(rotated.agent().id()).isEqualTo(old.agent().id());
    assertThat(isValid(old.agentToken())).isTrue();
    assertThat(isValid(rotated.agentToken())).isTrue();
    assertThat(fleet.value(
        "SELECT expires_at BETWEEN now() + interval '250 seconds' AND now() + interval '300 seconds' FROM tokens"
        + " WHERE name = 'rotating' ORDER BY id LIMIT 1")).isEqualTo(true);
    fleet.execute("UPDATE tokens SET expires_at = now() WHERE name = 'rotating' AND expires_at IS NOT NULL");
    fleet.authenticator.forget();
    assertThat(isValid(old.agentToken())).isFalse();
    assertThat(isValid(rotated.agentToken())).isTrue();
  }

  @Test
  void rotation_without_overlap_ends_the_old_token_at_once() {
    var old = fleet.register("acme", "hasty").agentToken();

    var rotated = fleet.agentTokens.rotateAgentToken(fleet.as(old), new RotateAgentToken("hasty", null, 0));

    assertThat(isValid(old)).isFalse();
    assertThat(isValid(rotated.agentToken())).isTrue();
  }

  @Test
  void a_second_rotation_never_lengthens_what_the_first_shortened() {
    var first = fleet.register("acme", "again").agentToken();
    var second = fleet.agentTokens.rotateAgentToken(fleet.as(first), new RotateAgentToken(null, null, 10)).agentToken();

    fleet.agentTokens.rotateAgentToken(fleet.as(second), new RotateAgentToken(null, null, 86_400));

    assertThat(fleet.value("SELECT min(expires_at) <= now() + interval '10 seconds' FROM tokens WHERE name = 'again'"))
        .isEqualTo(true);
  }

  @Test
  void only_the_agent_and_operators_that_see_it_rotate_its_token() {
    var mine = fleet.register("acme/a", "mine");
    var other = fleet.as(fleet.register("acme/a", "other").agentToken());
    var stranger = fleet.as(fleet.register("zeta", "stranger").agentToken());
    var wish = new RotateAgentToken(mine.agent().id().toString(), null, 0);

    assertThat(Fleet.code(() -> fleet.agentTokens.rotateAgentToken(other, wish))).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(Fleet.code(() -> fleet.agentTokens.rotateAgentToken(stranger, wish))).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(Fleet.code(() -> fleet.agentTokens.rotateAgentToken(fleet.operator(List.of("zeta")), wish)))
        .isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(Fleet.code(() -> fleet.agentTokens.revokeAgentToken(fleet.operator(List.of("zeta")),
        new RevokeAgentToken("mine", "acme/a", null)))).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(isValid(mine.agentToken())).isTrue();
    assertThat(isValid(fleet.agentTokens.rotateAgentToken(fleet.operator(List.of("acme")), wish).agentToken()))
        .isTrue();
  }

  @Test
  void an_operator_gives_an_agent_that_lost_all_tokens_a_new_one() {
    fleet.register("acme", "lost");
    fleet.agentTokens.revokeAgentToken(fleet.operator(), new RevokeAgentToken("lost", "acme", null));

    assertThat(isValid(fleet.agentTokens.rotateAgentToken(fleet.operator(), new RotateAgentToken("lost", "acme", null))
        .agentToken())).isTrue();
  }

  @Test
  void rotating_needs_a_name_when_the_token_is_no_agents() {
    assertThat(Fleet.refusal(() -> fleet.agentTokens.rotateAgentToken(fleet.operator(),
        new RotateAgentToken(null, null, null))).errors().getFirst().pointer()).isEqualTo("/agent");
  }

  @Test
  void many_that_bring_the_same_token_at_once_are_all_let_in() throws InterruptedException {
    var token = fleet.register("acme", "popular").agentToken();
    fleet.authenticator.forget();

    assertThat(Fleet.atOnce(200, () -> fleet.authenticator.authenticate(token).name())).containsOnly("popular");
  }
}
