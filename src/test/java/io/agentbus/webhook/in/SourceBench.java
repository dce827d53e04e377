package io.agentbus.webhook.in;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import io.agentbus.webhook.in.Receiver.Receipt;
import io.agentbus.webhook.in.Receiver.Taken;
import io.agentbus.webhook.in.scheme.Headers;
import io.agentbus.webhook.in.scheme.Received;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** A bus with sources that take what the test sends them; the test routes when it wants to. */
final class SourceBench implements AutoCloseable {
  static final Duration DAY = Duration.ofDays(1);
  /** Gives up after two failures, and tries again at once. */
  static final WebhookReceiverConfig CONFIG = new WebhookReceiverConfig(Duration.ofSeconds(1), 1, Duration.ofMillis(10), Duration.ofMillis(10), 2, 50,
      DAY, DAY);

  final TestBus bus;
  final Truth truth;
  final Receiver receiver;
  private int sources;

  SourceBench(PgDatabase database) {
    bus = TestBus.open(database);
    truth = new Truth(database.url());
    receiver = bus.bus().webhooksIn().receiver(CONFIG.maxWaiting());
  }

  Caller root() {
    return TestBus.operator();
  }

  JsonNode call(String operation, String input) {
    return bus.call(root(), operation, input.replace('\'', '"'));
  }

  /** A new source of bearer tokens in a namespace; its token is {@link #token}. @param more further fields */
  String source(String namespace, String more) {
    var name = "s" + ++sources;
    call("put_source", "{'name': '" + name + "', 'namespace': '" + namespace + "', 'scheme': 'bearer', 'secrets': [{'secret': '" + token(name)
        + "'}]" + (more.isEmpty() ? "" : ", " + more) + "}");
    return name;
  }

  static String token(String source) {
    return "the secret token of " + source;
  }

  void route(String source, String name, String fields) {
    bus.call(root(), "put_route", "{\"source\": \"" + source + "\", \"name\": \"" + name + "\", " + fields + "}");
  }

  /** Sends a JSON body to a source. @param lines further headers as {@code name: value} */
  Taken send(String source, String body, String... lines) {
    var receipt = receive(source, body, lines);
    return ((Receipt.Kept) receipt).webhooks().getFirst();
  }

  Receipt receive(String source, String body, String... lines) {
    return bus.await(() -> receiver.take(receiver.prove(source, request(source, body, lines))));
  }

  static Received request(String source, String body, String... lines) {
    var all = new ArrayList<>(List.of(Map.entry("authorization", "Bearer " + token(source))));
    if (Arrays.stream(lines).noneMatch(line -> line.startsWith("content-type"))) {
      all.add(Map.entry("content-type", "application/json"));
    }
    Arrays.stream(lines).forEach(line -> all.add(Map.entry(line.split(": ", 2)[0], line.split(": ", 2)[1])));
    return new Received(new Headers(all), body.getBytes(StandardCharsets.UTF_8));
  }

  /** Routes all that is due; answers how many. */
  int routeAll() {
    return bus.await(() -> {
      var routed = 0;
      while (bus.bus().webhooksIn().router().routeNext(CONFIG)) {
        routed++;
      }
      return routed;
    });
  }

  String status(UUID webhook) {
    return truth.one("SELECT status FROM webhooks WHERE id = ?", webhook);
  }

  /** What the one route that matched made, by the name of the field. */
  String made(UUID webhook, String field) {
    return truth.one("SELECT made -> 'routes' -> 0 ->> ? FROM webhooks WHERE id = ?", field, webhook);
  }

  @Override
  public void close() {
    bus.close();
  }
}
