package io.agentbus.webhook.out;

import static io.agentbus.webhook.out.EndpointBench.delivery;
import static io.agentbus.webhook.out.EndpointBench.verify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.agentbus.event.Event;
import io.agentbus.id.Ids;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.subscription.Delivery;
import io.agentbus.subscription.Outcome.Delivered;
import io.agentbus.subscription.Outcome.Failed;
import io.agentbus.subscription.WebhookSettings;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Receiver;
import io.agentbus.testkit.TestBus;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What is sent, and signed. */
@Timeout(90)
class OutgoingWebhooksTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static EndpointBench bench;

  private final Receiver receiver = Receiver.start(Receiver.status(200));

  @BeforeAll
  static void start() {
    bench = new EndpointBench(DATABASE);
  }

  @AfterAll
  static void stop() {
    bench.close();
  }

  @AfterEach
  void close() {
    receiver.close();
  }

  @Test
  void a_delivery_arrives_signed_with_its_event_as_its_data() throws Exception {
    var made = bench.made(receiver, new WebhookSettings(Map.of("Authorization", "Bearer t0ken", "X-Team", "web"), null, null, null, null));
    receiver.answer(Receiver.say(Receiver.head(200, 5) + "hello"));
    var delivery = delivery(made);

    assertThat(bench.send(delivery)).isInstanceOfSatisfying(Delivered.class, sent -> {
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
    var made = bench.made(receiver, WebhookSettings.NONE);
    var delivery = delivery(made);
    receiver.answer(Receiver.status(500));
    assertThat(bench.send(delivery)).isInstanceOf(Failed.class);
    receiver.answer(Receiver.status(200));
    assertThat(bench.send(delivery)).isInstanceOf(Delivered.class);

    assertThat(receiver.got()).hasSize(2).allSatisfy(got -> {
      assertThat(got.header("webhook-id")).isEqualTo(delivery.id().toString());
      assertThatCode(() -> verify(made.secret(), got)).doesNotThrowAnyException();
    });
    assertThat(receiver.got().get(1).body()).isEqualTo(receiver.got().get(0).body());
  }

  @Test
  void several_subscriptions_to_one_address_have_secrets_of_their_own() {
    var one = bench.made(receiver, WebhookSettings.NONE);
    var two = bench.made(receiver, WebhookSettings.NONE);
    bench.send(one);

    assertThat(one.secret()).isNotEqualTo(two.secret()).matches("whsec_[A-Za-z0-9+/]{43}=");
    assertThatCode(() -> verify(one.secret(), receiver.got().getFirst())).doesNotThrowAnyException();
    assertThatThrownBy(() -> verify(two.secret(), receiver.got().getFirst())).isInstanceOf(WebhookVerificationException.class);
  }

  @Test
  void neither_secrets_nor_headers_can_be_read_in_the_database_or_in_what_is_told() {
    var made = bench.made(receiver, new WebhookSettings(Map.of("Authorization", "Bearer t0ken"), null, null, "ai_memory", EndpointBench.SECRET));
    var raw = Base64.getDecoder().decode(made.secret().substring("whsec_".length()));

    assertThat(bench.truth.holds("SELECT position(? in secret) = 0 FROM webhook_endpoints WHERE subscription_id = ?", raw, made.id())).isTrue();
    assertThat(bench.column(made, "encode(headers, 'escape')")).doesNotContain("t0ken");
    assertThat(bench.column(made, "encode(text_secret, 'escape')")).doesNotContain(EndpointBench.SECRET);
    var told = bench.bus.await(() -> bench.webhooks.describe(bench.bus.bus().database(), made.id()));
    assertThat(told.toString()).doesNotContain("t0ken", EndpointBench.SECRET, "whsec_");
    assertThat(told.get("headers").toString()).isEqualTo("[\"Authorization\"]");
    assertThat(told.get("url").asText()).isEqualTo(receiver.url("/hook"));
  }

  @Test
  void ai_memorys_format_is_flat_and_bears_its_signature_beside_the_usual_one() throws Exception {
    var made = bench.made(receiver, new WebhookSettings(null, null, null, "ai_memory", EndpointBench.SECRET));
    var event = new Event(Ids.next(), "acme", "memory.stored", "ai:writer", null, null,
        Json.raw("{\"event\": \"memory_store\", \"memory_id\": \"m1\", \"title\": \"t\"}"), OffsetDateTime.now(), 7L, null);
    bench.send(new Delivery(Ids.next(), made.id(), event, 0, 0));

    var got = receiver.got().getFirst();
    verify(made.secret(), got);
    var body = Json.MAPPER.readTree(got.body());
    assertThat(body.properties().stream().map(Map.Entry::getKey)).containsExactly("event", "memory_id", "namespace", "agent_id", "delivered_at", "title");
    assertThat(body.get("event").asText()).isEqualTo("memory_store");
    assertThat(body.get("memory_id").asText()).isEqualTo("m1");
    assertThat(body.get("namespace").asText()).isEqualTo("acme");
    assertThat(body.get("agent_id").asText()).isEqualTo("ai:writer");
    var at = Long.parseLong(got.header("x-ai-memory-timestamp"));
    assertThat(got.header("x-ai-memory-signature")).isEqualTo(Signatures.aiMemory(EndpointBench.SECRET, at, got.body()));
  }

  @Test
  void an_endpoint_that_cannot_be_sent_to_is_refused_when_it_is_named() {
    var id = Ids.next();
    for (var url : List.of("http://10.0.0.1/", "ftp://example.com/", "https://user@example.com/", "http://2130706433/")) {
      assertThatThrownBy(() -> bench.bus.await(() -> bench.webhooks.open(bench.call(TestBus.operator()), id, url, WebhookSettings.NONE)))
          .isInstanceOfSatisfying(ProblemException.class, refused -> {
            assertThat(refused.code()).isEqualTo(ProblemCode.INVALID_INPUT);
            assertThat(refused.errors().getFirst().pointer()).isEqualTo("/url");
          });
    }
    assertThatThrownBy(() -> bench.bus.await(() -> bench.webhooks.open(bench.call(TestBus.operator()), id, "https://example.com/",
        new WebhookSettings(Map.of("webhook-id", "x"), null, null, null, null)))).hasMessageContaining("/webhook/headers/webhook-id");
    assertThatThrownBy(() -> bench.bus.await(() -> bench.webhooks.open(bench.call(TestBus.operator()), id, "https://example.com/",
        new WebhookSettings(null, null, null, null, EndpointBench.SECRET)))).hasMessageContaining("/webhook/text_secret");
  }
}
