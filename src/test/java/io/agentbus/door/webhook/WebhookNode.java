package io.agentbus.door.webhook;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.http.BearerGate;
import io.agentbus.http.HttpSettings;
import io.agentbus.http.ProofGate;
import io.agentbus.http.RawClient;
import io.agentbus.http.Site;
import io.agentbus.http.TestServer;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.agentbus.testkit.Truth;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** A server with the two surfaces of this door and a bus behind them. Nothing routes. */
final class WebhookNode implements AutoCloseable {
  static final String SECRET = "a secret that only the sender knows";
  static final int WRONG_TOKENS = 20;
  /** More than the tests of other things need; {@link WebhookStrangersTest} has a node of its own. */
  static final int FAILED_PROOFS = 1_000;

  final TestBus bus;
  final Truth truth;
  final TestServer web;

  WebhookNode(PgDatabase database) {
    this(database, FAILED_PROOFS, HttpSettings.onLoopback(0));
  }

  WebhookNode(PgDatabase database, int failedProofs, HttpSettings settings) {
    bus = TestBus.open(database);
    truth = new Truth(database.url());
    var site = new Site();
    new WebhookDoor(bus.bus().webhooksIn().receiver(100), new ProofGate(failedProofs)).mount(site);
    new HookDoor(bus.bus().webhooksIn().hooks(), new BearerGate(bus.bus().authenticator(), WRONG_TOKENS)).mount(site);
    web = new TestServer(settings, site);
  }

  JsonNode call(String operation, String input) {
    return bus.call(TestBus.operator(), operation, input.replace('\'', '"'));
  }

  void source(String name, String scheme, String more) {
    call("put_source", "{'name': '" + name + "', 'namespace': 'acme', 'scheme': '" + scheme + "'" + (more.isEmpty() ? "" : ", " + more) + "}");
  }

  /** One request over a connection of its own. */
  RawClient.Answer post(String path, byte[] body, String... headers) throws IOException {
    try (var client = web.connect()) {
      var lines = new String[headers.length + 1];
      System.arraycopy(headers, 0, lines, 0, headers.length);
      lines[headers.length] = "Content-Length: " + body.length;
      return client.send(web.head("POST " + path, lines)).send(body).read();
    }
  }

  RawClient.Answer post(String path, String body, String... headers) throws IOException {
    return post(path, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  static String hex(String secret, byte[] content) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(content));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static String[] github(byte[] body, String... more) {
    var lines = new ArrayList<>(List.of("Content-Type: application/json", "X-GitHub-Event: push",
        "X-Hub-Signature-256: sha256=" + hex(SECRET, body)));
    lines.addAll(List.of(more));
    return lines.toArray(String[]::new);
  }

  static String[] slack(String body, String contentType) {
    var time = Instant.now().getEpochSecond();
    return new String[] {"Content-Type: " + contentType, "X-Slack-Request-Timestamp: " + time,
        "X-Slack-Signature: v0=" + hex(SECRET, ("v0:" + time + ":" + body).getBytes(StandardCharsets.UTF_8))};
  }

  int webhooks(String source) {
    return truth.count("SELECT count(*) FROM webhooks w JOIN sources s ON s.id = w.source_id WHERE s.name = ?", source);
  }

  @Override
  public void close() throws Exception {
    web.close();
    bus.close();
  }
}
