package io.agentbus.webhook.out;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.agentbus.config.Home;
import io.agentbus.crypto.SecretBox;
import io.agentbus.event.Event;
import io.agentbus.http.out.Cidr;
import io.agentbus.http.out.EgressGuard;
import io.agentbus.http.out.EgressRules;
import io.agentbus.http.out.Poster;
import io.agentbus.id.Ids;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.subscription.Delivery;
import io.agentbus.subscription.Outcome;
import io.agentbus.subscription.Outcome.Delivered;
import io.agentbus.subscription.Outcome.Disabled;
import io.agentbus.subscription.Outcome.Failed;
import io.agentbus.subscription.Outcome.Postponed;
import io.agentbus.subscription.WebhookSettings;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Receiver;
import io.agentbus.testkit.Receiver.Got;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.http.HttpHeaders;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One try after another at real receivers; when the next one is made is the subscriptions' own. */
@Timeout(90)
class OutgoingWebhooksTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  private static final EgressRules LOCAL = new EgressRules(List.of(Cidr.parse("127.0.0.0/8")), false, List.of());
  private static final Patience PATIENCE = new Patience(3, Duration.ofHours(1), 2, Duration.ofHours(120));
  private static TestBus bus;
  private static Truth truth;
  private static Poster poster;
  private static OutgoingWebhooks webhooks;
  private static EndpointCare care;

  private final Receiver receiver = Receiver.start(Receiver.status(200));

  @BeforeAll
  static void start() {
    bus = TestBus.open(DATABASE);
    truth = new Truth(DATABASE.url());
    poster = new Poster(bus.vertx(), new EgressGuard(LOCAL, host -> Future.succeededFuture(List.of(InetAddress.ofLiteral("10.0.0.1")))), null);
    webhooks = over("home");
    care = new EndpointCare(webhooks, bus.bus().database(), Clock.systemUTC());
  }

  @AfterAll
  static void stop() {
    poster.stop();
    bus.close();
  }

  @AfterEach
  void close() {
    receiver.close();
  }

  private static OutgoingWebhooks over(String home) {
    return new OutgoingWebhooks(bus.bus().database(), SecretBox.open(Home.open(folder.resolve(home)), null), LOCAL, poster, PATIENCE,
        Clock.systemUTC(), "test");
  }

  /** A subscription and the secret of its endpoint. */
  private record Made(UUID id, String secret) {}

  private Made made(WebhookSettings settings) {
    return made(receiver.url("/hook"), settings);
  }

  private static Made made(String url, WebhookSettings settings) {
    var id = Ids.next();
    truth.update("INSERT INTO subscriptions (id, namespace_id, owner, topic, namespaces, target, live, position) "
        + "SELECT ?, id, 'token:operator', '**', '**', 'webhook', false, 0 FROM namespaces WHERE path = 'default'", id);
    return new Made(id, bus.await(() -> webhooks.open(call(TestBus.operator()), id, url, settings)));
  }

  private static Call call(Caller caller) {
    return new Call(caller, "test", bus.bus().database());
  }

  private static Delivery delivery(Made to) {
    var event = new Event(Ids.next(), "acme/web", "infra.checked", "devops", null, null, Json.raw("{\"ok\": true, \"n\": 12345678901234567890}"),
        OffsetDateTime.parse("2026-01-31T12:00:00.123Z"), 42L, null);
    return new Delivery(Ids.next(), to.id(), event, 0, 0);
  }

  private static Outcome send(Delivery delivery) {
    return bus.await(() -> webhooks.send(delivery));
  }

  private static String column(Made of, String what) {
    return truth.one("SELECT " + what + " FROM webhook_endpoints WHERE subscription_id = ?", of.id());
  }

  /** What a receiver does with Standard Webhooks' own library. */
  private static void verify(String secret, Got got) throws Exception {
    new Webhook(secret).verify(got.text(), HttpHeaders.of(got.headers().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, header -> List.of(header.getValue()))), (name, value) -> true));
  }

  @Test
  void a_delivery_arrives_signed_with_its_event_as_its_data() throws Exception {
    var made = made(new WebhookSettings(Map.of("Authorization", "Bearer t0ken", "X-Team", "web"), null, null, null, null));
    receiver.answer(Receiver.say(Receiver.head(200, 5) + "hello"));
    var delivery = delivery(made);

    assertThat(send(delivery)).isInstanceOfSatisfying(Delivered.class, sent -> {
      assertThat(sent.tried().statusCode()).isEqualTo(200);
      assertThat(sent.tried().answer()).isEqualTo("hello");
      assertThat(sent.tried().took()).isNotNull();
      assertThat(sent.tried().error()).isNull();
    });

    var got = receiver.got().getFirst();
    verify(made.secret(), got);
    assertThat(got.headers()).containsEntry("webhook-id", delivery.id().toString()).containsEntry("content-type", "application/json")
        .containsEntry("user-agent", "agentbus/test").containsEntry("authorization", "Bearer t0ken").containsEntry("x-team", "web")
        .doesNotContainKey("x-ai-memory-timestamp");
    var body = Json.MAPPER.readTree(got.body());
    assertThat(body.get("type").asText()).isEqualTo("infra.checked");
    assertThat(body.get("timestamp").asText()).isEqualTo("2026-01-31T12:00:00.123Z");
    assertThat(body.at("/data/position").asLong()).isEqualTo(42);
    assertThat(body.at("/data/payload/n").bigIntegerValue()).isEqualTo("12345678901234567890");
    assertThat(body.at("/data/namespace").asText()).isEqualTo("acme/web");
  }

  @Test
  void each_try_bears_the_same_id_and_a_signature_of_its_own_time() throws Exception {
    var made = made(WebhookSettings.NONE);
    var delivery = delivery(made);
    receiver.answer(Receiver.status(500));
    assertThat(send(delivery)).isInstanceOf(Failed.class);
    receiver.answer(Receiver.status(200));
    assertThat(send(delivery)).isInstanceOf(Delivered.class);

    assertThat(receiver.got()).hasSize(2).allSatisfy(got -> {
      assertThat(got.header("webhook-id")).isEqualTo(delivery.id().toString());
      assertThatCode(() -> verify(made.secret(), got)).doesNotThrowAnyException();
    });
    assertThat(receiver.got().get(1).body()).isEqualTo(receiver.got().get(0).body());
  }

  @Test
  void several_subscriptions_to_one_address_have_secrets_of_their_own() {
    var one = made(WebhookSettings.NONE);
    var two = made(WebhookSettings.NONE);
    send(delivery(one));

    assertThat(one.secret()).isNotEqualTo(two.secret()).matches("whsec_[A-Za-z0-9+/]{43}=");
    assertThatCode(() -> verify(one.secret(), receiver.got().getFirst())).doesNotThrowAnyException();
    assertThatThrownBy(() -> verify(two.secret(), receiver.got().getFirst())).isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void neither_secrets_nor_headers_can_be_read_in_the_database_or_in_what_is_told() {
    var made = made(new WebhookSettings(Map.of("Authorization", "Bearer t0ken"), null, null, "ai_memory", "s3cret"));
    var raw = Base64.getDecoder().decode(made.secret().substring("whsec_".length()));

    assertThat(truth.holds("SELECT position(? in secret) = 0 FROM webhook_endpoints WHERE subscription_id = ?", raw, made.id())).isTrue();
    assertThat(column(made, "encode(headers, 'escape')")).doesNotContain("t0ken");
    assertThat(column(made, "encode(text_secret, 'escape')")).doesNotContain("s3cret");
    var told = bus.await(() -> webhooks.describe(bus.bus().database(), made.id()));
    assertThat(told.toString()).doesNotContain("t0ken", "s3cret", "whsec_");
    assertThat(told.get("headers").toString()).isEqualTo("[\"Authorization\"]");
    assertThat(told.get("url").asText()).isEqualTo(receiver.url("/hook"));
  }

  @Test
  void a_rotated_secret_signs_beside_the_old_one_until_that_ends() throws Exception {
    var made = made(WebhookSettings.NONE);
    var rotated = bus.await(() -> care.rotate(call(TestBus.operator()), new RotateSubscriptionSecret(made.id(), null)));
    send(delivery(made));
    verify(made.secret(), receiver.got().getFirst());
    verify(rotated.secret(), receiver.got().getFirst());
    assertThat(rotated.oldSecretUntil()).isBetween(Instant.now().plusSeconds(86_000), Instant.now().plusSeconds(86_500));

    truth.update("UPDATE webhook_endpoints SET old_secret_until = now() - interval '1 s' WHERE subscription_id = ?", made.id());
    send(delivery(made));
    verify(rotated.secret(), receiver.got().get(1));
    assertThatThrownBy(() -> verify(made.secret(), receiver.got().get(1))).isInstanceOf(WebhookVerificationException.class);

    var last = bus.await(() -> care.rotate(call(TestBus.operator()), new RotateSubscriptionSecret(made.id(), 0)));
    send(delivery(made));
    verify(last.secret(), receiver.got().get(2));
    assertThatThrownBy(() -> verify(rotated.secret(), receiver.got().get(2))).isInstanceOf(WebhookVerificationException.class);
    assertThat(last.oldSecretUntil()).isNull();
    assertThat(truth.count("SELECT count(*) FROM journal WHERE action = 'rotate_subscription_secret' AND detail->>'subscription_id' = ?",
        made.id().toString())).isEqualTo(2);
  }

  @Test
  void ai_memorys_format_is_flat_and_bears_its_signature_beside_the_usual_one() throws Exception {
    var made = made(new WebhookSettings(null, null, null, "ai_memory", "s3cret"));
    var event = new Event(Ids.next(), "acme", "memory.stored", "ai:writer", null, null,
        Json.raw("{\"event\": \"memory_store\", \"memory_id\": \"m1\", \"title\": \"t\"}"), OffsetDateTime.now(), 7L, null);
    send(new Delivery(Ids.next(), made.id(), event, 0, 0));

    var got = receiver.got().getFirst();
    verify(made.secret(), got);
    var body = Json.MAPPER.readTree(got.body());
    assertThat(body.properties().stream().map(Map.Entry::getKey)).containsExactly("event", "memory_id", "namespace", "agent_id", "delivered_at", "title");
    assertThat(body.get("event").asText()).isEqualTo("memory_store");
    assertThat(body.get("memory_id").asText()).isEqualTo("m1");
    assertThat(body.get("namespace").asText()).isEqualTo("acme");
    assertThat(body.get("agent_id").asText()).isEqualTo("ai:writer");
    var at = Long.parseLong(got.header("x-ai-memory-timestamp"));
    assertThat(got.header("x-ai-memory-signature")).isEqualTo(Signatures.aiMemory("s3cret", at, got.body()));
  }

  @Test
  void what_a_receiver_answers_decides_what_becomes_of_the_delivery() {
    var made = made(WebhookSettings.NONE);
    var elsewhere = Receiver.start(Receiver.status(200));
    try (elsewhere) {
      receiver.answer(Receiver.status(302, "Location: " + elsewhere.url("/")));
      assertThat(send(delivery(made))).isInstanceOfSatisfying(Failed.class, failed -> {
        assertThat(failed.tried().statusCode()).isEqualTo(302);
        assertThat(failed.tried().error()).contains("redirects are not followed");
      });
      assertThat(elsewhere.got()).isEmpty();
    }
    receiver.answer(Receiver.status(500, "webhook-delivery: abort-message"));
    assertThat(send(delivery(made))).isInstanceOf(Outcome.Dead.class);
    receiver.answer(Receiver.status(410));
    assertThat(send(delivery(made))).isInstanceOfSatisfying(Disabled.class, off -> assertThat(off.reason()).contains("410"));
    receiver.answer(Receiver.status(503, "webhook-delivery: disable"));
    assertThat(send(delivery(made))).isInstanceOf(Disabled.class);
    receiver.answer(Receiver.status(429, "Retry-After: 7"));
    assertThat(send(delivery(made))).isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.after()).hasSeconds(7));
  }

  @Test
  void an_endpoint_that_asks_for_a_pause_is_left_alone_meanwhile() {
    var made = made(WebhookSettings.NONE);
    receiver.answer(Receiver.status(429, "Retry-After: 30"));
    send(delivery(made));

    assertThat(send(delivery(made))).isInstanceOfSatisfying(Postponed.class, later -> {
      assertThat(later.after()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
      assertThat(later.why()).contains("429");
    });
    assertThat(receiver.got()).hasSize(1);
  }

  @Test
  void one_that_keeps_failing_is_left_alone_until_a_success_or_until_it_is_resumed() {
    var made = made(WebhookSettings.NONE);
    receiver.answer(Receiver.status(500));
    for (var i = 0; i < 3; i++) {
      assertThat(send(delivery(made))).isInstanceOf(Failed.class);
    }
    assertThat(send(delivery(made))).isInstanceOf(Postponed.class);
    assertThat(receiver.got()).hasSize(3);

    bus.await(() -> {
      webhooks.resumed(bus.bus().database(), made.id());
      return null;
    });
    receiver.answer(Receiver.status(200));
    assertThat(send(delivery(made))).isInstanceOf(Delivered.class);
    assertThat(column(made, "failures")).isEqualTo("0");
  }

  @Test
  void nothing_but_failures_for_too_long_disables_it_and_one_success_begins_anew() {
    var made = made(WebhookSettings.NONE);
    receiver.answer(Receiver.status(500));
    send(delivery(made));
    assertThat(column(made, "failing_since")).as("one failure is none of the endpoint").isNull();
    send(delivery(made));
    assertThat(column(made, "failing_since")).isNotNull();
    truth.update("UPDATE webhook_endpoints SET failing_since = now() - interval '121 hours' WHERE subscription_id = ?", made.id());
    assertThat(send(delivery(made))).isInstanceOfSatisfying(Disabled.class, off -> assertThat(off.reason()).startsWith("Nothing but failures since "));

    truth.update("UPDATE webhook_endpoints SET hold_until = NULL WHERE subscription_id = ?", made.id());
    receiver.answer(Receiver.status(200));
    send(delivery(made));
    assertThat(column(made, "failing_since")).isNull();
  }

  @Test
  void a_day_of_silence_ends_a_row_of_failures() {
    var made = made(WebhookSettings.NONE);
    receiver.answer(Receiver.status(500));
    send(delivery(made));
    send(delivery(made));
    truth.update("UPDATE webhook_endpoints SET failing_since = now() - interval '30 days', last_failed_at = now() - interval '25 hours' "
        + "WHERE subscription_id = ?", made.id());

    assertThat(send(delivery(made))).isInstanceOf(Failed.class);
    assertThat(column(made, "failures")).isEqualTo("1");
    assertThat(column(made, "failing_since")).isNull();
  }

  @Test
  void a_rate_is_kept_and_what_is_too_much_is_put_off() {
    var made = made(new WebhookSettings(null, null, 2, null, null));
    var outcomes = IntStream.range(0, 6).mapToObj(i -> send(delivery(made))).toList();

    assertThat(outcomes).filteredOn(Delivered.class::isInstance).hasSizeBetween(2, 4);
    assertThat(outcomes).filteredOn(Postponed.class::isInstance).isNotEmpty();
    assertThat(receiver.got()).hasSize((int) outcomes.stream().filter(Delivered.class::isInstance).count());
  }

  @Test
  void a_name_that_leads_into_the_own_networks_is_told_and_nothing_is_sent() {
    var made = made("http://hooks.example.com:" + receiver.port() + "/", WebhookSettings.NONE);

    assertThat(send(delivery(made))).isInstanceOfSatisfying(Failed.class,
        failed -> assertThat(failed.tried().error()).contains("10.0.0.1", "private"));
    assertThat(receiver.got()).isEmpty();
  }

  @Test
  void an_endpoint_that_cannot_be_sent_to_is_refused_when_it_is_named() {
    var id = Ids.next();
    for (var url : List.of("http://10.0.0.1/", "ftp://example.com/", "https://user@example.com/", "http://2130706433/")) {
      assertThatThrownBy(() -> bus.await(() -> webhooks.open(call(TestBus.operator()), id, url, WebhookSettings.NONE)))
          .isInstanceOfSatisfying(ProblemException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ProblemCode.INVALID_INPUT);
            assertThat(refused.errors().getFirst().pointer()).isEqualTo("/url");
          });
    }
    assertThatThrownBy(() -> bus.await(() -> webhooks.open(call(TestBus.operator()), id, "https://example.com/",
        new WebhookSettings(Map.of("webhook-id", "x"), null, null, null, null)))).hasMessageContaining("/webhook/headers/webhook-id");
    assertThatThrownBy(() -> bus.await(() -> webhooks.open(call(TestBus.operator()), id, "https://example.com/",
        new WebhookSettings(null, null, null, null, "s3cret")))).hasMessageContaining("/webhook/text_secret");
  }

  @Test
  void a_node_without_the_key_leaves_the_delivery_to_another_and_says_which_file_it_lacks() {
    var made = made(WebhookSettings.NONE);
    var stranger = over("another-home");

    assertThat(bus.await(() -> stranger.send(delivery(made)))).isInstanceOfSatisfying(Postponed.class,
        later -> assertThat(later.why()).contains("secrets.key", "Copy"));
    assertThat(receiver.got()).isEmpty();
    assertThat(send(delivery(made))).isInstanceOf(Delivered.class);
  }

  @Test
  void a_ping_is_signed_tells_what_came_of_it_and_counts_for_nothing() throws Exception {
    var made = made(WebhookSettings.NONE);
    receiver.answer(Receiver.say(Receiver.head(503, 4) + "busy"));
    var pinged = bus.await(() -> care.ping(call(TestBus.operator()), new PingSubscription(made.id())));

    assertThat(pinged.delivered()).isFalse();
    assertThat(pinged.statusCode()).isEqualTo(503);
    assertThat(pinged.answer()).isEqualTo("busy");
    assertThat(pinged.error()).contains("503");
    verify(made.secret(), receiver.got().getFirst());
    assertThat(receiver.got().getFirst().header("webhook-id")).isEqualTo(pinged.webhookId().toString());
    assertThat(Json.MAPPER.readTree(receiver.got().getFirst().body()).get("type").asText()).isEqualTo("subscription.ping");
    assertThat(column(made, "failures")).isEqualTo("0");
    assertThatThrownBy(() -> bus.await(() -> care.ping(call(TestBus.operator()), new PingSubscription(made.id()))))
        .isInstanceOfSatisfying(ProblemException.class, refused -> assertThat(refused.code()).isEqualTo(ProblemCode.LIMIT_EXCEEDED));
  }

  @Test
  void only_its_owner_and_an_operator_touch_an_endpoint() {
    var made = made(WebhookSettings.NONE);
    var other = bus.agent("default", "other", 0);
    var outside = bus.agent("globex", "outside", 0);

    assertThatThrownBy(() -> bus.await(() -> care.rotate(call(other), new RotateSubscriptionSecret(made.id(), null))))
        .isInstanceOfSatisfying(ProblemException.class, refused -> assertThat(refused.code()).isEqualTo(ProblemCode.FORBIDDEN));
    for (var id : List.of(made.id(), Ids.next())) {
      assertThatThrownBy(() -> bus.await(() -> care.ping(call(outside), new PingSubscription(id))))
          .isInstanceOfSatisfying(ProblemException.class, refused -> assertThat(refused.code()).isEqualTo(ProblemCode.NOT_FOUND));
    }
    assertThat(receiver.got()).isEmpty();
  }

  @Test
  void a_hanging_receiver_takes_no_longer_than_its_endpoint_allows() {
    var made = made(new WebhookSettings(null, 1, null, null, null));
    receiver.answer(receiver.hang());

    assertThat(send(delivery(made))).isInstanceOfSatisfying(Failed.class, failed -> {
      assertThat(failed.tried().error()).isEqualTo("No answer within 1.0 s");
      assertThat(failed.tried().took()).isBetween(Duration.ofMillis(900), Duration.ofSeconds(8));
    });
  }
}
