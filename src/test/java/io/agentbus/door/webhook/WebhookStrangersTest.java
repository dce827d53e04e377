package io.agentbus.door.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.http.HttpSettings;
import io.agentbus.http.RawClient;
import io.agentbus.http.RawClient.Answer;
import io.agentbus.http.TestServer;
import io.agentbus.op.Json;
import io.agentbus.testkit.PgDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What those find out and take up who can prove nothing. */
@Timeout(60)
class WebhookStrangersTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final int BODIES = 8 << 20;
  private static WebhookNode node;

  @BeforeAll
  static void open() {
    var usual = HttpSettings.Limits.DEFAULT;
    var limits = new HttpSettings.Limits(usual.body(), BODIES, usual.initialLine(), usual.headers(), usual.connections(),
        usual.connectionsPerAddress(), usual.requests(), usual.streams(), usual.authFailures());
    node = new WebhookNode(DATABASE, WebhookNode.FAILED_PROOFS, TestServer.settings(limits, HttpSettings.Deadlines.DEFAULT));
    node.source("github", "github", "'secrets': [{'secret': '" + WebhookNode.SECRET + "'}]");
    node.source("bearer", "bearer", "'secrets': [{'secret': 'the token of bearer'}]");
  }

  @AfterAll
  static void close() throws Exception {
    node.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** What a stranger can see of an answer. */
  private static String told(Answer answer) throws IOException {
    var problem = (ObjectNode) Json.MAPPER.readTree(answer.body());
    problem.remove("instance");
    problem.remove("request_id");
    return answer.status() + " " + problem;
  }

  @Test
  void a_source_that_is_not_there_is_answered_as_one_whose_secret_is_not_known() throws IOException {
    var body = bytes("{}");
    var forged = new String[] {"Content-Type: application/json", "X-GitHub-Event: push", "X-Hub-Signature-256: sha256=" + "0".repeat(64)};
    var known = told(node.post("/webhooks/github", body, forged));
    assertThat(known).startsWith("401");
    for (var n = 0; n < 40; n++) {
      assertThat(told(node.post("/webhooks/nobody-" + n, body, forged))).isEqualTo(known);
      assertThat(told(node.post("/webhooks/nobody-" + n, body))).isEqualTo(known);
    }
    assertThat(told(node.post("/webhooks/github", body))).isEqualTo(known);
    assertThat(told(node.post("/webhooks/bearer", body, "Authorization: Bearer a token of nobody"))).isEqualTo(known);
  }

  @Test
  void some_names_without_a_source_shake_hands_as_some_with_one_do() throws IOException {
    var statuses = new HashSet<Integer>();
    for (var n = 0; n < 60; n++) {
      statuses.add(shakeHands("nobody-" + n).status());
      assertThat(shakeHands("nobody-7").status()).as("each time the same").isEqualTo(shakeHands("nobody-7").status());
    }
    assertThat(statuses).containsExactlyInAnyOrder(200, 405);
  }

  private static Answer shakeHands(String source) throws IOException {
    try (var client = node.web.connect()) {
      return client.send(node.web.head("OPTIONS /webhooks/" + source, "WebHook-Request-Origin: sender.example.com")).read();
    }
  }

  @Test
  void bodies_of_strangers_take_no_place_from_those_who_are_known() throws IOException {
    var large = bytes("{\"text\": \"" + "x".repeat(200_000) + "\"}");
    try (var stranger = node.web.connect()) {
      stranger.send(node.web.head("POST /webhooks/github", "Content-Type: application/json", "X-GitHub-Event: push", "Content-Length: 20000000",
          "X-Hub-Signature-256: sha256=" + "0".repeat(64)));
      stranger.send("x".repeat(BODIES));
      await().atMost(Duration.ofSeconds(20)).until(() -> node.web.server.bodyBytesHeld() > BODIES - (64 << 10));
      assertThat(node.post("/webhooks/bearer", large, "Content-Type: application/json", "Authorization: Bearer the token of bearer").status())
          .isEqualTo(202);
      assertThat(node.post("/webhooks/github", large, WebhookNode.github(large)).status()).as("another that proves itself by its body").isEqualTo(202);
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> node.web.server.bodyBytesHeld() == 0);
  }

  @Test
  void large_bodies_that_are_begun_and_never_ended_keep_no_proven_one_out() throws IOException {
    var proven = bytes("{\"text\": \"" + "y".repeat(200_000) + "\"}");
    try (var first = node.web.connect(); var second = node.web.connect()) {
      begin(first, 19 << 20);
      begin(second, 7 << 20);
      await().atMost(Duration.ofSeconds(20)).until(() -> node.web.server.bodyBytesHeld() > (26L << 20) - (128 << 10));
      for (var n = 0; n < 3; n++) {
        assertThat(node.post("/webhooks/github", proven, WebhookNode.github(proven, "X-GitHub-Delivery: large " + n)).status()).isEqualTo(202);
      }
      var pushedOut = first.read();
      assertThat(pushedOut.status()).as("it held most for longest").isEqualTo(503);
      assertThat(Json.MAPPER.readTree(pushedOut.body()).get("title").asText()).as("the database is not to blame").doesNotContain("database");
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> node.web.server.bodyBytesHeld() == 0);
  }

  /** Sends a part of a forged body of 25 MB. */
  private static void begin(RawClient client, int bytes) throws IOException {
    client.send(node.web.head("POST /webhooks/github", "Content-Type: application/json", "X-GitHub-Event: push", "Content-Length: 25000000",
        "X-Hub-Signature-256: sha256=" + "0".repeat(64)));
    client.send("x".repeat(bytes));
  }

  @Test
  void an_address_that_proves_nothing_too_often_is_asked_to_wait_and_what_is_proven_is_welcome() throws Exception {
    try (var strict = new WebhookNode(DATABASE, 5, HttpSettings.onLoopback(0))) {
      strict.source("strict", "github", "'secrets': [{'secret': '" + WebhookNode.SECRET + "'}]");
      var body = bytes("{\"n\": \"after many\"}");
      var forged = new String[] {"Content-Type: application/json", "X-Hub-Signature-256: sha256=" + "0".repeat(64)};
      for (var n = 0; n < 5; n++) {
        assertThat(strict.post(n % 2 == 0 ? "/webhooks/strict" : "/webhooks/nobody", body, forged).status()).isEqualTo(401);
      }
      for (var path : new String[] {"/webhooks/strict", "/webhooks/nobody", "/webhooks/bearer"}) {
        var refused = strict.post(path, body, forged);
        assertThat(refused.status()).as(path).isEqualTo(429);
        assertThat(Integer.parseInt(refused.headers().get("retry-after"))).isBetween(1, 60);
      }
      assertThat(strict.post("/webhooks/strict", body, WebhookNode.github(body)).status()).isEqualTo(202);
    }
  }
}
