package io.agentbus.webhook.in;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.agentbus.op.Cursor;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.webhook.in.scheme.Headers;
import io.agentbus.webhook.in.scheme.Received;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Sources and their secrets, and who may see them. */
@Timeout(60)
class SourcesTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static SourceBench bench;

  @BeforeAll
  static void open() {
    bench = new SourceBench(DATABASE);
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @Test
  void a_secret_is_made_shown_once_and_kept_where_the_database_alone_tells_nobody() {
    var made = bench.call("put_source", "{'name': 'made', 'scheme': 'standard'}");
    var secret = made.get("secret").asText();
    assertThat(secret).startsWith("whsec_");
    assertThat(made.at("/source/path").asText()).isEqualTo("/webhooks/made");
    assertThat(bench.call("get_source", "{'source': 'made'}").toString()).doesNotContain(secret);
    assertThat(bench.truth.count("SELECT count(*) FROM source_secrets x JOIN sources s ON s.id = x.source_id WHERE s.name = 'made'"
        + " AND x.digest IS NULL AND position(convert_to(?, 'UTF8') IN x.sealed) = 0", secret.substring(6))).isEqualTo(1);
    var token = bench.call("put_source", "{'name': 'token', 'scheme': 'bearer'}").get("secret").asText();
    assertThat(bench.truth.one("SELECT x.digest = sha256(convert_to(?, 'UTF8')) FROM source_secrets x JOIN sources s ON s.id = x.source_id"
        + " WHERE s.name = 'token'", token)).isEqualTo("t");
    assertThat(bench.truth.all("SELECT detail::text FROM journal WHERE detail ->> 'source' IN ('made', 'token')"))
        .isNotEmpty().noneMatch(detail -> detail.contains(secret) || detail.contains(token));
  }

  @Test
  void what_a_change_does_not_name_stays_as_it_is() {
    bench.call("put_source", "{'name': 'kept', 'scheme': 'github', 'default_agent': 'devops', 'tolerance_seconds': 60, 'headers': ['X-B', 'x-a', 'x-b']}");
    var changed = bench.call("put_source", "{'name': 'kept', 'max_body_bytes': 2000}");
    assertThat(changed.get("created").asBoolean()).isFalse();
    assertThat(changed.get("secret").isNull()).isTrue();
    var source = changed.get("source");
    assertThat(List.of(source.get("default_agent").asText(), source.get("tolerance_seconds").asText(), source.get("max_body_bytes").asText(),
        source.get("headers").toString(), source.get("secrets").size() + "")).containsExactly("devops", "60", "2000", "[\"x-a\",\"x-b\"]", "1");
    assertThat(bench.call("put_source", "{'name': 'kept', 'default_agent': ''}").at("/source/default_agent").isNull()).isTrue();
    assertThat(bench.bus.refused(bench.root(), "put_source", "{\"name\": \"kept\", \"scheme\": \"slack\"}").errors().getFirst().pointer())
        .isEqualTo("/scheme");
    assertThat(bench.bus.refused(bench.root(), "put_source", "{\"name\": \"unheard\"}").errors().getFirst().pointer()).isEqualTo("/scheme");
  }

  @Test
  void several_secrets_are_good_until_each_ends() {
    bench.call("put_source", "{'name': 'several', 'scheme': 'bearer', 'secrets': [{'secret': 'the secret token of several'},"
        + " {'secret': 'one that ends very soon', 'expires_at': '2099-01-01T00:00:00Z'}, {'secret': 'one that has ended long ago', 'expires_at': '2020-01-01T00:00:00Z'}]}");
    assertThat(bench.call("get_source", "{'source': 'several'}").get("secrets")).hasSize(2);
    assertThat(bench.send("several", "{}").duplicate()).isFalse();
    var rotated = bench.call("rotate_source_secret", "{'source': 'several', 'overlap_seconds': 3600}");
    assertThat(rotated.get("secret").asText()).startsWith("abw_");
    assertThat(rotated.get("old_secrets_end_at").isNull()).isFalse();
    assertThat(rotated.at("/source/secrets")).hasSize(3);
    assertThat(bench.send("several", "{\"n\": 2}").duplicate()).isFalse();
    for (var n = 3; n < SourceLimits.SECRETS; n++) {
      bench.call("rotate_source_secret", "{'source': 'several'}");
    }
    assertThat(bench.bus.code(bench.root(), "rotate_source_secret", "{\"source\": \"several\"}")).isEqualTo(ProblemCode.LIMIT_EXCEEDED);
    assertThat(bench.call("rotate_source_secret", "{'source': 'several', 'secret': 'a secret token of our own', 'overlap_seconds': 0}").get("secret").isNull())
        .isTrue();
    assertThat(bench.call("get_source", "{'source': 'several'}").get("secrets")).hasSize(1);
    bench.routeAll();
  }

  @Test
  void a_secret_that_is_unfit_or_a_token_in_use_is_refused_without_being_repeated() {
    var refusal = bench.bus.refused(bench.root(), "put_source", "{\"name\": \"unfit\", \"scheme\": \"github\", \"secrets\": [{\"secret\": \"short one\"}]}");
    assertThat(refusal.errors().getFirst().pointer()).isEqualTo("/secrets/0/secret");
    assertThat(refusal.getMessage()).doesNotContain("short one");
    assertThat(bench.bus.code(bench.root(), "put_source", "{\"name\": \"unfit\", \"scheme\": \"github\", \"secrets\": []}")).isEqualTo(ProblemCode.INVALID_INPUT);
    var first = bench.source("acme", "");
    assertThat(bench.bus.code(bench.root(), "put_source", "{\"name\": \"thief\", \"scheme\": \"gitlab\", \"secrets\": [{\"secret\": \""
        + SourceBench.token(first) + "\"}]}")).isEqualTo(ProblemCode.DUPLICATE_CONFLICT);
    assertThat(bench.bus.code(bench.root(), "get_source", "{\"source\": \"thief\"}")).as("nothing is half written").isEqualTo(ProblemCode.NOT_FOUND);
  }

  @Test
  void nobody_sees_or_touches_what_lies_in_another_namespace() {
    var source = bench.source("acme/private", "");
    var sent = bench.send(source, "{\"secret\": \"plan\"}");
    var stranger = TestBus.operatorOf("globex");
    for (var call : new String[][] {{"get_source", "{\"source\": \"%s\"}"}, {"delete_source", "{\"source\": \"%s\"}"},
        {"rotate_source_secret", "{\"source\": \"%s\"}"}, {"list_routes", "{\"source\": \"%s\"}"}, {"list_webhooks", "{\"source\": \"%s\"}"},
        {"test_route", "{\"source\": \"%s\", \"payload\": {}}"}, {"put_route", "{\"source\": \"%s\", \"name\": \"r\", \"then\": {\"ignore\": true}}"},
        {"delete_route", "{\"source\": \"%s\", \"name\": \"r\"}"}}) {
      assertThat(bench.bus.code(stranger, call[0], call[1].formatted(source))).as(call[0]).isEqualTo(ProblemCode.NOT_FOUND);
      assertThat(bench.bus.refused(stranger, call[0], call[1].formatted("absent")).getMessage().replace("absent", source)).as(call[0])
          .isEqualTo(bench.bus.refused(stranger, call[0], call[1].formatted(source)).getMessage());
    }
    assertThat(bench.bus.code(stranger, "get_webhook", "{\"webhook_id\": \"" + sent.id() + "\"}")).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(bench.bus.code(stranger, "retry_webhook", "{\"webhook_id\": \"" + sent.id() + "\"}")).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(bench.bus.code(stranger, "put_source", "{\"name\": \"" + source + "\", \"scheme\": \"github\"}")).isEqualTo(ProblemCode.DUPLICATE_CONFLICT);
    var others = bench.source("globex", "");
    assertThat(bench.bus.code(stranger, "test_route", "{\"source\": \"" + others + "\", \"webhook_id\": \"" + sent.id() + "\"}"))
        .isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(bench.bus.call(stranger, "list_sources", "{}").findValuesAsText("namespace")).isNotEmpty().allMatch(path -> path.startsWith("globex"));
    bench.routeAll();
  }

  @Test
  void a_source_goes_with_all_it_had_but_not_while_something_waits() {
    var source = bench.source("acme", "");
    bench.send(source, "{}");
    assertThat(bench.bus.code(bench.root(), "delete_source", "{\"source\": \"" + source + "\"}")).isEqualTo(ProblemCode.INVALID_TRANSITION);
    bench.routeAll();
    bench.call("delete_source", "{'source': '" + source + "'}");
    assertThat(bench.bus.code(bench.root(), "get_source", "{\"source\": \"" + source + "\"}")).isEqualTo(ProblemCode.NOT_FOUND);
    assertThat(bench.truth.count("SELECT count(*) FROM events WHERE topic = 'source.deleted' AND payload ->> 'source' = ?", source)).isEqualTo(1);
  }

  @Test
  void nobody_can_state_what_only_a_proven_sender_can() {
    assertThat(bench.bus.refused(bench.root(), "emit_event", "{\"topic\": \"webhook.github.push\"}").errors().getFirst().pointer()).isEqualTo("/topic");
    assertThat(bench.bus.refused(bench.root(), "emit_event", "{\"topic\": \"source.created\"}").errors().getFirst().pointer()).isEqualTo("/topic");
  }

  @Test
  void a_node_that_cannot_open_a_secret_takes_what_is_signed_with_the_others_and_tells_strangers_nothing_of_it() {
    var body = "{\"n\": 1}";
    bench.call("put_source", "{'name': 'sealed', 'scheme': 'github', 'secrets': [{'secret': 'the secret of the first node'}]}");
    try (var other = TestBus.open(DATABASE)) {
      other.call(bench.root(), "rotate_source_secret", "{\"source\": \"sealed\", \"secret\": \"the secret of the other node\"}");
      var receiver = other.bus().webhooksIn().receiver(10);
      assertThat(other.await(() -> receiver.take(receiver.prove("sealed", signed(body, "the secret of the other node")))))
          .isInstanceOf(Receiver.Receipt.Kept.class);
      var nobody = catchThrowableOfType(ProblemException.class, () -> other.await(() -> receiver.prove("nobody", signed(body, "any secret"))));
      for (var secret : List.of("the secret of the first node", "a secret of a stranger")) {
        assertThat(catchThrowableOfType(ProblemException.class, () -> other.await(() -> receiver.prove("sealed", signed(body, secret)))))
            .satisfies(refused -> {
              assertThat(refused.code()).isEqualTo(ProblemCode.UNAUTHENTICATED);
              assertThat(refused).hasMessage(nobody.getMessage());
              assertThat(refused.members()).isEqualTo(nobody.members());
            });
      }
    }
    assertThat(bench.bus.await(() -> bench.receiver.prove("sealed", signed(body, "the secret of the first node")))).isNotNull();
  }

  @Test
  void a_cursor_that_no_list_gave_is_refused_whatever_it_holds() {
    for (var inside : List.of("a\0b", "\n")) {
      assertThat(bench.bus.refused(bench.root(), "list_sources", "{\"cursor\": \"" + Cursor.of(inside) + "\"}").errors().getFirst().pointer())
          .isEqualTo("/cursor");
    }
  }

  private static Received signed(String body, String secret) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      var bytes = body.getBytes(StandardCharsets.UTF_8);
      return new Received(new Headers(Map.of("content-type", "application/json", "x-github-event", "push", "x-hub-signature-256",
          "sha256=" + HexFormat.of().formatHex(mac.doFinal(bytes))).entrySet()), bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
