package io.agentbus.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Limits;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.jspecify.annotations.Nullable;

class AccessTokensTest {
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

  private static MadeToken make(Call by, String name, @Nullable List<String> namespaces, String... rights) {
    return fleet.accessTokens.createToken(by, new CreateToken(name, namespaces, List.of(rights), null));
  }

  @Test
  void a_service_token_has_the_rights_and_walls_it_was_made_with() {
    var made = make(fleet.operator(), "ci", List.of("svc/ci", "svc/shared"), "read", "ask");

    var caller = fleet.authenticator.authenticate(made.secret());
    assertThat(made.token().kind()).isEqualTo("service");
    assertThat(made.secret()).startsWith("abs_");
    assertThat(caller.actor()).isEqualTo("token:ci");
    assertThat(caller.sees(new NamespacePath("svc/shared/x"))).isTrue();
    assertThat(caller.sees(new NamespacePath("svc"))).isFalse();
    assertThat(caller.isOperator()).isFalse();
    assertThat(fleet.accessTokens.whoami(fleet.as(made.secret()), new WhoAmI()))
        .isEqualTo(new Identity("ci", "token:ci", "service", new NamespacePath("svc/ci"),
            List.of(new NamespacePath("svc/ci"), new NamespacePath("svc/shared")), List.of("read", "ask"), null, null, CallLimits.of(Limits.DEFAULT)));
  }

  @Test
  void an_operators_token_may_do_without_walls_and_a_services_may_not() {
    assertThat(make(fleet.operator(), "second-operator", null, "read", "operate").secret()).startsWith("abo_");
    assertThat(Fleet.refusal(() -> make(fleet.operator(), "wall-less", null, "read")).errors().getFirst().pointer())
        .isEqualTo("/namespaces");
    assertThat(Fleet.refusal(() -> make(fleet.operator(), "right-less", List.of("svc"))).errors().getFirst().pointer())
        .isEqualTo("/rights");
  }

  @Test
  void nobody_grants_a_right_or_a_namespace_that_he_lacks() {
    var limited = fleet.as(make(fleet.operator(), "limited-admin", List.of("adm"), "read", "admin").secret());

    assertThat(Fleet.code(() -> make(limited, "too-mighty", List.of("adm"), "read", "operate")))
        .isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(Fleet.code(() -> make(limited, "too-busy", List.of("adm"), "work"))).isEqualTo(ProblemCode.FORBIDDEN);
    assertThat(Fleet.code(() -> make(limited, "too-wide", List.of("adm", "svc"), "read")))
        .isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(make(limited, "just-right", null, "read").token().namespaces()).as("its maker's walls")
        .containsExactly(new NamespacePath("adm"));
    var walledOperator = fleet.as(make(fleet.operator(), "walled-operator", List.of("adm"), "read", "operate", "admin")
        .secret());
    assertThat(make(walledOperator, "child-operator", null, "operate").token().namespaces())
        .containsExactly(new NamespacePath("adm"));
    assertThat(fleet.value("SELECT count(*) FROM tokens WHERE name LIKE 'too-%'")).isEqualTo(0L);
  }

  @Test
  void a_name_belongs_to_one_valid_token_at_a_time() throws InterruptedException {
    var outcomes = Fleet.atOnce(6, () -> make(fleet.operator(), "sole", List.of("svc"), "read"));

    assertThat(outcomes).filteredOn(MadeToken.class::isInstance).hasSize(1);
    assertThat(outcomes).filteredOn(ProblemException.class::isInstance).hasSize(5)
        .allSatisfy(refusal -> assertThat(((ProblemException) refusal).code())
        .isEqualTo(ProblemCode.DUPLICATE_CONFLICT));
    var first = outcomes.stream().filter(MadeToken.class::isInstance).map(MadeToken.class::cast).findFirst()
        .orElseThrow();
    fleet.accessTokens.revokeToken(fleet.operator(), new RevokeToken(first.token().id(), null));
    assertThat(make(fleet.operator(), "sole", List.of("svc"), "read").token().status()).isEqualTo("live");
  }

  @Test
  void a_token_ends_when_it_was_said_to() {
    var soon = Instant.now().plus(Duration.ofHours(1));
    var made = fleet.accessTokens.createToken(fleet.operator(), new CreateToken("ending", List.of("svc"),
        List.of("read"), soon));
    assertThat(fleet.accessTokens.whoami(fleet.as(made.secret()), new WhoAmI()).expiresAt())
        .isCloseTo(soon, within(1, ChronoUnit.MILLIS));

    fleet.execute("UPDATE tokens SET expires_at = now() WHERE name = 'ending'");
    fleet.authenticator.forget();

    assertThat(Fleet.code(() -> fleet.as(made.secret()))).isEqualTo(ProblemCode.UNAUTHENTICATED);
    assertThat(Fleet.refusal(() -> fleet.accessTokens.createToken(fleet.operator(),
        new CreateToken("ended", List.of("svc"), List.of("read"), Instant.now()
        .minusSeconds(1)))).errors().getFirst().pointer()).isEqualTo("/expires_at");
  }

  @Test
  void revoking_works_at_once_and_twice_is_the_same_answer() {
    var made = make(fleet.operator(), "gone", List.of("svc"), "read");
    fleet.as(made.secret());

    var first = fleet.accessTokens.revokeToken(fleet.operator(), new RevokeToken(made.token().id(), "leaked"));
    var second = fleet.accessTokens.revokeToken(fleet.operator(), new RevokeToken(made.token().id(), "leaked"));

    assertThat(Fleet.code(() -> fleet.as(made.secret()))).isEqualTo(ProblemCode.UNAUTHENTICATED);
    assertThat(first.status()).isEqualTo("revoked");
    assertThat(second).isEqualTo(first);
    assertThat(fleet.value("SELECT count(*) FROM journal WHERE action = 'revoke_token' AND detail->>'name' = 'gone'"))
        .isEqualTo(1L);
  }

  @Test
  void an_admin_sees_and_revokes_only_tokens_within_its_walls() {
    var inside = make(fleet.operator(), "t-inside", List.of("wall/a"), "read");
    var across = make(fleet.operator(), "t-across", List.of("wall/a", "other"), "read");
    var wide = make(fleet.operator(), "t-wide", null, "operate");
    var admin = fleet.as(make(fleet.operator(), "t-admin", List.of("wall"), "read", "admin").secret());

    assertThat(fleet.accessTokens.listTokens(admin, new ListTokens(null, null, null, null)).items()).map(Token::name)
        .containsExactlyInAnyOrder("t-inside", "t-admin");
    for (var id : List.of(across.token().id(), wide.token().id(), UUID.randomUUID())) {
      assertThat(Fleet.code(() -> fleet.accessTokens.revokeToken(admin, new RevokeToken(id, null))))
          .isEqualTo(ProblemCode.NOT_FOUND);
    }
    assertThat(fleet.accessTokens.revokeToken(admin, new RevokeToken(inside.token().id(), null)).status())
        .isEqualTo("revoked");
  }

  @Test
  void a_list_of_tokens_goes_on_where_its_cursor_says() {
    for (var i = 0; i < 5; i++) {
      make(fleet.operator(), "page-" + i, List.of("tokenpages"), "read");
    }
    var admin = fleet.operator(List.of("tokenpages"));
    var names = new ArrayList<String>();
    String cursor = null;
    do {
      var page = fleet.accessTokens.listTokens(admin, new ListTokens("service", null, 2, cursor));
      page.items().forEach(token -> names.add(token.name()));
      cursor = page.next();
    } while (cursor != null);

    assertThat(names).containsExactly("page-4", "page-3", "page-2", "page-1", "page-0");
    assertThat(Fleet.refusal(() -> fleet.accessTokens.listTokens(admin, new ListTokens(null, null, null, "eHg")))
        .errors().getFirst().pointer()).isEqualTo("/cursor");
  }

  @Test
  void a_call_without_a_token_is_nobodys() {
    assertThat(Fleet.code(() -> fleet.accessTokens.whoami(fleet.anonymous(), new WhoAmI())))
        .isEqualTo(ProblemCode.UNAUTHENTICATED);
  }

  @Test
  void an_agent_is_told_which_agent_it_is() {
    var registered = fleet.register("svc", "curious");

    var identity = fleet.accessTokens.whoami(fleet.as(registered.agentToken()), new WhoAmI());

    assertThat(identity.agentId()).isEqualTo(registered.agent().id());
    assertThat(identity.kind()).isEqualTo("agent");
    assertThat(identity.actor()).isEqualTo("agent:svc/curious");
  }

  @Test
  void a_name_never_goes_to_a_token_with_other_walls_because_what_the_first_one_left_would_be_its_own() {
    var first = make(fleet.operator(), "walled", List.of("svc/a", "svc/b"), "read");
    fleet.accessTokens.revokeToken(fleet.operator(), new RevokeToken(first.token().id(), null));

    assertThat(Fleet.refusal(() -> make(fleet.operator(), "walled", List.of("other"), "read")).getMessage()).contains("other namespaces");
    assertThat(Fleet.code(() -> make(fleet.operator(), "walled", List.of("svc/a"), "read"))).isEqualTo(ProblemCode.DUPLICATE_CONFLICT);
    assertThat(make(fleet.operator(), "walled", List.of("svc/b", "svc/a"), "read").token().status()).isEqualTo("live");
  }
}
