package io.agentbus.webhook.out;

import static io.agentbus.webhook.out.EndpointBench.delivery;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.agentbus.problem.ProblemException;
import io.agentbus.subscription.Outcome;
import io.agentbus.subscription.Outcome.Delivered;
import io.agentbus.subscription.Outcome.Disabled;
import io.agentbus.subscription.Outcome.Failed;
import io.agentbus.subscription.Outcome.Postponed;
import io.agentbus.subscription.WebhookSettings;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Receiver;
import io.agentbus.testkit.TestBus;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of deliveries that an endpoint, its name or this node does not let through. */
@Timeout(90)
class EndpointFailuresTest {
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
  void what_a_receiver_answers_decides_what_becomes_of_the_delivery() {
    var made = bench.made(receiver, WebhookSettings.NONE);
    var elsewhere = Receiver.start(Receiver.status(200));
    try (elsewhere) {
      receiver.answer(Receiver.status(302, "Location: " + elsewhere.url("/")));
      assertThat(bench.send(made)).isInstanceOfSatisfying(Failed.class, failed -> {
        assertThat(failed.tried().statusCode()).isEqualTo(302);
        assertThat(failed.tried().error()).contains("redirects are not followed");
      });
      assertThat(elsewhere.got()).isEmpty();
    }
    receiver.answer(Receiver.status(500, "webhook-delivery: abort-message"));
    assertThat(bench.send(made)).isInstanceOf(Outcome.Dead.class);
    receiver.answer(Receiver.status(410));
    assertThat(bench.send(made)).isInstanceOfSatisfying(Disabled.class, off -> assertThat(off.reason()).contains("410"));
    receiver.answer(Receiver.status(503, "webhook-delivery: disable"));
    assertThat(bench.send(made)).isInstanceOf(Disabled.class);
    receiver.answer(Receiver.status(429, "Retry-After: 7"));
    assertThat(bench.send(made)).isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.after()).isBetween(Duration.ofSeconds(7), Duration.ofMillis(8_400)));
  }

  @Test
  void an_endpoint_that_asks_for_a_pause_is_left_alone_meanwhile() {
    var made = bench.made(receiver, WebhookSettings.NONE);
    receiver.answer(Receiver.status(429, "Retry-After: 30"));
    bench.send(made);

    assertThat(bench.send(made)).isInstanceOfSatisfying(Postponed.class, later -> {
      assertThat(later.after()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(30));
      assertThat(later.why()).contains("429");
    });
    assertThat(receiver.got()).hasSize(1);
  }

  @Test
  void a_success_that_began_before_a_pause_does_not_end_it() throws Exception {
    var made = bench.made(receiver, WebhookSettings.NONE);
    var calls = new AtomicInteger();
    var release = new CountDownLatch(1);
    receiver.answer((got, out) -> {
      var first = calls.getAndIncrement() == 0;
      if (first) {
        release.await();
      }
      out.write((first ? Receiver.head(200, 0) : "HTTP/1.1 429 Too Many\r\nRetry-After: 30\r\nContent-Length: 0\r\n\r\n").getBytes(UTF_8));
    });
    var early = CompletableFuture.supplyAsync(() -> bench.send(made));
    await().until(() -> calls.get() == 1);
    assertThat(bench.send(made)).isInstanceOf(Failed.class);
    release.countDown();

    assertThat(early.get()).isInstanceOf(Delivered.class);
    assertThat(bench.send(made)).isInstanceOf(Postponed.class);
    assertThat(receiver.got()).hasSize(2);
  }

  @Test
  void one_that_keeps_failing_is_left_alone_until_a_success_or_until_it_is_resumed() {
    var made = bench.made(receiver, WebhookSettings.NONE);
    receiver.answer(Receiver.status(500));
    for (var i = 0; i < 3; i++) {
      assertThat(bench.send(made)).isInstanceOf(Failed.class);
    }
    assertThat(bench.send(made)).isInstanceOf(Postponed.class);
    assertThat(receiver.got()).hasSize(3);

    bench.bus.await(() -> {
      bench.webhooks.resumed(bench.bus.bus().database(), made.id());
      return null;
    });
    receiver.answer(Receiver.status(200));
    assertThat(bench.send(made)).isInstanceOf(Delivered.class);
    assertThat(bench.column(made, "failures")).isEqualTo("0");
  }

  @Test
  void nothing_but_failures_for_too_long_disables_it_and_one_success_begins_anew() {
    var made = bench.made(receiver, WebhookSettings.NONE);
    receiver.answer(Receiver.status(500));
    bench.send(made);
    assertThat(bench.column(made, "failing_since")).as("one failure is none of the endpoint").isNull();
    bench.send(made);
    assertThat(bench.column(made, "failing_since")).isNotNull();
    bench.truth.update("UPDATE webhook_endpoints SET failing_since = now() - interval '121 hours' WHERE subscription_id = ?", made.id());
    assertThat(bench.send(made)).isInstanceOfSatisfying(Disabled.class, off -> assertThat(off.reason()).startsWith("Nothing but failures since "));

    bench.truth.update("UPDATE webhook_endpoints SET hold_until = NULL WHERE subscription_id = ?", made.id());
    receiver.answer(Receiver.status(200));
    bench.send(made);
    assertThat(bench.column(made, "failing_since")).isNull();
  }

  @Test
  void a_day_of_silence_ends_a_row_of_failures() {
    var made = bench.made(receiver, WebhookSettings.NONE);
    receiver.answer(Receiver.status(500));
    bench.send(made);
    bench.send(made);
    bench.truth.update("UPDATE webhook_endpoints SET failing_since = now() - interval '30 days', last_failed_at = now() - interval '25 hours' "
        + "WHERE subscription_id = ?", made.id());

    assertThat(bench.send(made)).isInstanceOf(Failed.class);
    assertThat(bench.column(made, "failures")).isEqualTo("1");
    assertThat(bench.column(made, "failing_since")).isNull();
  }

  @Test
  void a_name_that_leads_into_the_own_networks_is_refused_as_one_that_leads_nowhere() {
    var made = bench.made("http://hooks.example.com:" + receiver.port() + "/", WebhookSettings.NONE);
    var usual = bench.names;
    try {
      var inside = ((Failed) bench.send(made)).tried().error();
      bench.names = host -> Future.failedFuture(new UnknownHostException(host));
      assertThat(((Failed) bench.send(made)).tried().error()).isEqualTo(inside)
          .isEqualTo("The name hooks.example.com leads to no address that may be called from here");
    } finally {
      bench.names = usual;
    }
    assertThat(receiver.got()).isEmpty();
  }

  @Test
  void a_name_that_nobody_answers_for_puts_a_delivery_off_and_counts_against_the_endpoint_alone() {
    var made = bench.made("http://silent.example.com:" + receiver.port() + "/", new WebhookSettings(null, 1, null, null, null));
    var usual = bench.names;
    bench.names = host -> Promise.<List<InetAddress>>promise().future();
    try {
      assertThat(bench.send(made)).isInstanceOfSatisfying(Postponed.class, later -> {
        assertThat(later.why()).isEqualTo("The name silent.example.com could not be resolved within 1.0 s");
        assertThat(later.after()).hasSeconds(60);
      });
    } finally {
      bench.names = usual;
    }
    assertThat(bench.column(made, "failures")).isEqualTo("1");
    assertThat(bench.send(made)).as("it is left alone for a while").isInstanceOf(Postponed.class);
  }

  @Test
  void a_hanging_receiver_takes_no_longer_than_its_endpoint_allows() {
    var made = bench.made(receiver, new WebhookSettings(null, 1, null, null, null));
    receiver.answer(receiver.hang());

    assertThat(bench.send(made)).isInstanceOfSatisfying(Failed.class, failed -> {
      assertThat(failed.tried().error()).isEqualTo("No answer within 1.0 s");
      assertThat(failed.tried().took()).isBetween(Duration.ofMillis(900), Duration.ofSeconds(8));
    });
  }

  @Test
  void a_node_without_the_key_leaves_the_delivery_to_another_and_names_no_file_to_its_owner() {
    var made = bench.made(receiver, WebhookSettings.NONE);
    var stranger = bench.over("another-home");
    var anothersCare = new EndpointCare(stranger, bench.bus.bus().database(), Clock.systemUTC());

    assertThat(bench.bus.await(() -> stranger.send(delivery(made)))).isInstanceOfSatisfying(Postponed.class,
        later -> assertThat(later.why()).isEqualTo("This node cannot open the secrets of the endpoint"));
    assertThat(catchThrowableOfType(ProblemException.class, () -> bench.bus.await(() -> anothersCare.ping(bench.call(TestBus.operator()), new PingSubscription(made.id())))))
        .hasMessage("This node cannot open the secrets of the endpoint");
    assertThat(receiver.got()).isEmpty();
    assertThat(bench.send(made)).isInstanceOf(Delivered.class);
  }
}
