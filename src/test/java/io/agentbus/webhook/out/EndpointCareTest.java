package io.agentbus.webhook.out;

import static io.agentbus.webhook.out.EndpointBench.verify;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.standardwebhooks.exceptions.WebhookVerificationException;
import io.agentbus.id.Ids;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.subscription.WebhookSettings;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Receiver;
import io.agentbus.testkit.TestBus;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What owners do about their endpoints. */
@Timeout(90)
class EndpointCareTest {
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
  void a_rotated_secret_signs_beside_the_old_one_until_that_ends() throws Exception {
    var made = bench.made(receiver, WebhookSettings.NONE);
    var rotated = bench.bus.await(() -> bench.care.rotate(bench.call(TestBus.operator()), new RotateSubscriptionSecret(made.id(), null)));
    bench.send(made);
    verify(made.secret(), receiver.got().getFirst());
    verify(rotated.secret(), receiver.got().getFirst());
    assertThat(rotated.oldSecretUntil()).isBetween(Instant.now().plusSeconds(86_000), Instant.now().plusSeconds(86_500));

    bench.truth.update("UPDATE webhook_endpoints SET old_secret_until = now() - interval '1 s' WHERE subscription_id = ?", made.id());
    bench.send(made);
    verify(rotated.secret(), receiver.got().get(1));
    assertThatThrownBy(() -> verify(made.secret(), receiver.got().get(1))).isInstanceOf(WebhookVerificationException.class);

    var last = bench.bus.await(() -> bench.care.rotate(bench.call(TestBus.operator()), new RotateSubscriptionSecret(made.id(), 0)));
    bench.send(made);
    verify(last.secret(), receiver.got().get(2));
    assertThatThrownBy(() -> verify(rotated.secret(), receiver.got().get(2))).isInstanceOf(WebhookVerificationException.class);
    assertThat(last.oldSecretUntil()).isNull();
    assertThat(bench.truth.count("SELECT count(*) FROM journal WHERE action = 'rotate_subscription_secret' AND detail->>'subscription_id' = ?",
        made.id().toString())).isEqualTo(2);
  }

  @Test
  void a_ping_is_signed_tells_what_came_of_it_and_counts_for_nothing() throws Exception {
    var made = bench.made(receiver, WebhookSettings.NONE);
    receiver.answer(Receiver.say(Receiver.head(503, 4) + "busy"));
    var pinged = bench.bus.await(() -> bench.care.ping(bench.call(TestBus.operator()), new PingSubscription(made.id())));

    assertThat(pinged.delivered()).isFalse();
    assertThat(pinged.statusCode()).isEqualTo(503);
    assertThat(pinged.answer()).isEqualTo("busy");
    assertThat(pinged.error()).contains("503");
    verify(made.secret(), receiver.got().getFirst());
    assertThat(receiver.got().getFirst().header("webhook-id")).isEqualTo(pinged.webhookId().toString());
    assertThat(Json.MAPPER.readTree(receiver.got().getFirst().body()).get("type").asText()).isEqualTo("subscription.ping");
    assertThat(bench.column(made, "failures")).isEqualTo("0");
    assertThatThrownBy(() -> bench.bus.await(() -> bench.care.ping(bench.call(TestBus.operator()), new PingSubscription(made.id()))))
        .isInstanceOfSatisfying(ProblemException.class, refused -> assertThat(refused.code()).isEqualTo(ProblemCode.LIMIT_EXCEEDED));
  }

  @Test
  void only_its_owner_and_an_operator_touch_an_endpoint() {
    var made = bench.made(receiver, WebhookSettings.NONE);
    var other = bench.bus.agent("default", "other", 0);
    var outside = bench.bus.agent("globex", "outside", 0);

    assertThatThrownBy(() -> bench.bus.await(() -> bench.care.rotate(bench.call(other), new RotateSubscriptionSecret(made.id(), null))))
        .isInstanceOfSatisfying(ProblemException.class, refused -> assertThat(refused.code()).isEqualTo(ProblemCode.FORBIDDEN));
    for (var id : List.of(made.id(), Ids.next())) {
      assertThatThrownBy(() -> bench.bus.await(() -> bench.care.ping(bench.call(outside), new PingSubscription(id))))
          .isInstanceOfSatisfying(ProblemException.class, refused -> assertThat(refused.code()).isEqualTo(ProblemCode.NOT_FOUND));
    }
    assertThat(receiver.got()).isEmpty();
  }
}
