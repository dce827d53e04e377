package io.agentbus.webhook.out;

import com.standardwebhooks.Webhook;
import io.agentbus.config.Home;
import io.agentbus.crypto.SecretBox;
import io.agentbus.event.Event;
import io.agentbus.http.out.Cidr;
import io.agentbus.http.out.EgressGuard;
import io.agentbus.http.out.EgressRules;
import io.agentbus.http.out.HostNames;
import io.agentbus.http.out.Poster;
import io.agentbus.id.Ids;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.subscription.Delivery;
import io.agentbus.subscription.Outcome;
import io.agentbus.subscription.WebhookSettings;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.Receiver;
import io.agentbus.testkit.Receiver.Got;
import io.agentbus.testkit.TempFolders;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import io.vertx.core.Future;
import java.net.InetAddress;
import java.net.http.HttpHeaders;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;

/** A bus that sends webhooks to a real receiver, one try after another as the test wants it. */
final class EndpointBench implements AutoCloseable {
  static final String SECRET = "a text that both sides know";
  private static final EgressRules LOCAL = new EgressRules(List.of(Cidr.parse("127.0.0.0/8")), false, List.of());
  private static final Patience PATIENCE = new Patience(3, Duration.ofHours(1), 2, Duration.ofHours(120));

  final TestBus bus;
  final Truth truth;
  final OutgoingWebhooks webhooks;
  final EndpointCare care;
  /** What names mean here; a private address unless the test says otherwise. */
  volatile HostNames names = host -> Future.succeededFuture(List.of(InetAddress.ofLiteral("10.0.0.1")));
  private final Path folder = TempFolders.create("agentbus-endpoints");
  private final Poster poster;

  EndpointBench(PgDatabase database) {
    bus = TestBus.open(database);
    truth = new Truth(database.url());
    poster = new Poster(bus.vertx(), new EgressGuard(LOCAL, host -> names.addresses(host)), null);
    webhooks = over("home");
    care = new EndpointCare(webhooks, bus.bus().database(), Clock.systemUTC());
  }

  /** What sends with the keys of another home. */
  OutgoingWebhooks over(String home) {
    return new OutgoingWebhooks(bus.bus().database(), SecretBox.open(Home.open(folder.resolve(home)), null), LOCAL, poster, PATIENCE,
        Clock.systemUTC(), "test");
  }

  /** A subscription and the secret of its endpoint. */
  record Made(UUID id, String secret) {}

  Made made(Receiver receiver, WebhookSettings settings) {
    return made(receiver.url("/hook"), settings);
  }

  Made made(String url, WebhookSettings settings) {
    var id = Ids.next();
    truth.update("INSERT INTO subscriptions (id, namespace_id, owner, topic, namespaces, target, live, position) "
        + "SELECT ?, id, 'token:operator', '**', '**', 'webhook', false, 0 FROM namespaces WHERE path = 'default'", id);
    return new Made(id, bus.await(() -> webhooks.open(call(TestBus.operator()), id, url, settings)));
  }

  Call call(Caller caller) {
    return new Call(caller, "test", bus.bus().database());
  }

  static Delivery delivery(Made to) {
    var event = new Event(Ids.next(), "acme/web", "infra.checked", "devops", null, null, Json.raw("{\"ok\": true, \"n\": 12345678901234567890}"),
        OffsetDateTime.parse("2026-01-31T12:00:00.123Z"), 42L, null);
    return new Delivery(Ids.next(), to.id(), event, 0, 0);
  }

  Outcome send(Delivery delivery) {
    return bus.await(() -> webhooks.send(delivery));
  }

  Outcome send(Made to) {
    return send(delivery(to));
  }

  String column(Made of, String what) {
    return truth.one("SELECT " + what + " FROM webhook_endpoints WHERE subscription_id = ?", of.id());
  }

  /** What a receiver does with Standard Webhooks' own library. */
  static void verify(String secret, Got got) throws Exception {
    new Webhook(secret).verify(got.text(), HttpHeaders.of(got.headers().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, header -> List.of(header.getValue()))), (name, value) -> true));
  }

  @Override
  public void close() {
    poster.stop();
    bus.close();
  }
}
