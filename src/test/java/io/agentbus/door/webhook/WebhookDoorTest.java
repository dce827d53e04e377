package io.agentbus.door.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.op.Json;
import io.agentbus.testkit.PgDatabase;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What senders of webhooks are answered, friendly ones and others, over real sockets. */
@Timeout(60)
class WebhookDoorTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static WebhookNode node;

  @BeforeAll
  static void open() {
    node = new WebhookNode(DATABASE);
    var secret = "'secrets': [{'secret': '" + WebhookNode.SECRET + "'}]";
    node.source("github", "github", secret);
    node.source("small", "github", secret + ", 'max_body_bytes': 50000");
    node.source("slack", "slack", secret);
    node.source("gitlab", "gitlab", "'secrets': [{'secret': 'the token of gitlab'}]");
    node.source("bearer", "bearer", "'secrets': [{'secret': 'the token of bearer'}]");
    node.source("events", "cloudevents", "'secrets': [{'secret': 'the token of events'}]");
  }

  @AfterAll
  static void close() throws Exception {
    node.close();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void a_delivery_is_taken_once_and_repeated_ones_are_answered_alike() throws IOException {
    var body = bytes("{\"n\": 1}");
    var first = node.post("/webhooks/github", body, WebhookNode.github(body, "X-GitHub-Delivery: d-1"));
    assertThat(first.status()).isEqualTo(202);
    var id = Json.MAPPER.readTree(first.body()).at("/webhooks/0/id").asText();
    var again = node.post("/webhooks/github", body, WebhookNode.github(body, "X-GitHub-Delivery: d-1"));
    assertThat(again.status()).isEqualTo(200);
    assertThat(Json.MAPPER.readTree(again.body()).at("/webhooks/0").toString()).isEqualTo("{\"id\":\"" + id + "\",\"duplicate\":true}");
    assertThat(node.truth.one("SELECT concat_ws(' ', status, type, delivery_id, convert_from(payload, 'UTF8')) FROM webhooks WHERE id = ?::uuid", id))
        .isEqualTo("accepted push d-1 {\"n\":1}");
    assertThat(node.truth.one("SELECT headers::text FROM webhooks WHERE id = ?::uuid", id)).contains("x-github-event").doesNotContain("sha256");
  }

  @Test
  void pings_forms_and_types_that_nobody_knows_are_taken() throws IOException {
    var ping = bytes("{\"zen\": \"z\"}");
    assertThat(node.post("/webhooks/github", ping, "Content-Type: application/json", "X-GitHub-Event: ping", "X-GitHub-Delivery: p-1",
        "X-Hub-Signature-256: sha256=" + WebhookNode.hex(WebhookNode.SECRET, ping)).status()).isEqualTo(202);
    var form = bytes("payload=%7B%22n%22%3A+2%7D");
    assertThat(node.post("/webhooks/github", form, "Content-Type: application/x-www-form-urlencoded", "X-GitHub-Event: never_heard_of",
        "X-GitHub-Delivery: f-1", "X-Hub-Signature-256: sha256=" + WebhookNode.hex(WebhookNode.SECRET, form)).status()).isEqualTo(202);
    assertThat(node.truth.one("SELECT type FROM webhooks WHERE delivery_id = 'f-1'")).isEqualTo("never_heard_of");
  }

  @Test
  void a_challenge_is_answered_when_it_is_proven_and_leaves_nothing() throws IOException {
    var body = "{\"type\": \"url_verification\", \"challenge\": \"c-1\"}";
    var before = node.webhooks("slack");
    var answer = node.post("/webhooks/slack", body, WebhookNode.slack(body, "application/json"));
    assertThat(answer.status() + answer.body()).isEqualTo("200{\"challenge\":\"c-1\"}");
    assertThat(node.webhooks("slack")).isEqualTo(before);
    var forged = WebhookNode.slack(body + " ", "application/json");
    assertThat(node.post("/webhooks/slack", body, forged).body()).doesNotContain("c-1");
  }

  @Test
  void what_is_not_proven_is_refused_without_a_reason_and_only_counted() throws IOException {
    var body = bytes("{}");
    var right = "X-Hub-Signature-256: sha256=" + WebhookNode.hex(WebhookNode.SECRET, body);
    var before = node.webhooks("github");
    var journal = node.truth.one("SELECT count(*) FROM journal");
    for (var headers : new String[][] {{}, {"X-Hub-Signature-256: "}, {"X-Hub-Signature-256: sha256="}, {right.substring(0, right.length() - 1)},
        {right + "0"}, {right.substring(0, right.length() - 1) + "\u00e9"}, {right, right}, {right.replace("sha256", "sha1")},
        {right.toUpperCase(Locale.ROOT)}, {"X-Hub-Signature-256: sha256=" + WebhookNode.hex("another secret", body)},
        {"X-Hub-Signature-256: sha256=" + "0".repeat(64)}, {"X-Hub-Signature-256: sha256=" + "g".repeat(5_000)}}) {
      var lines = new String[headers.length + 1];
      System.arraycopy(headers, 0, lines, 0, headers.length);
      lines[headers.length] = "Content-Type: application/json";
      var answer = node.post("/webhooks/github", body, lines);
      assertThat(answer.status()).as(String.join(" ", headers)).isEqualTo(401);
      assertThat(Json.MAPPER.readTree(answer.body()).get("detail").asText()).isEqualTo("This request is not proven to come from the source.");
    }
    assertThat(node.webhooks("github")).isEqualTo(before);
    assertThat(node.truth.one("SELECT count(*) FROM journal")).isEqualTo(journal);
  }

  @Test
  void one_flipped_byte_of_the_body_is_refused() throws IOException {
    var body = bytes("{\"n\": \"flip\"}");
    var headers = WebhookNode.github(body, "X-GitHub-Delivery: flip");
    for (var at = 0; at < body.length; at++) {
      var flipped = body.clone();
      flipped[at] ^= 1;
      assertThat(node.post("/webhooks/github", flipped, headers).status()).isEqualTo(401);
    }
    assertThat(node.post("/webhooks/github", body, headers).status()).isEqualTo(202);
  }

  @Test
  void proven_nonsense_is_told_what_is_wrong() throws IOException {
    record Wrong(byte[] body, int status) {}
    for (var wrong : new Wrong[] {new Wrong(bytes(""), 400), new Wrong(bytes("{"), 400), new Wrong(bytes("{\"a\":1,\"a\":2}"), 400),
        new Wrong(bytes("[".repeat(500) + "]".repeat(500)), 400), new Wrong(new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'}, 400)}) {
      assertThat(node.post("/webhooks/github", wrong.body(), WebhookNode.github(wrong.body())).status()).as(new String(wrong.body(),
          StandardCharsets.ISO_8859_1)).isEqualTo(wrong.status());
    }
    var body = bytes("{}");
    var proof = "X-Hub-Signature-256: sha256=" + WebhookNode.hex(WebhookNode.SECRET, body);
    assertThat(node.post("/webhooks/github", body, proof).status()).isEqualTo(415);
    assertThat(node.post("/webhooks/github", body, proof, "Content-Type: text/plain").status()).isEqualTo(415);
    assertThat(node.post("/webhooks/github", body, proof, "Content-Type: application/json; charset=utf-16").status()).isEqualTo(415);
    assertThat(node.post("/webhooks/github", body, proof, "Content-Type: application/json", "Content-Encoding: gzip").status()).isEqualTo(415);
    assertThat(node.post("/webhooks/events", "{}", "Authorization: Bearer the token of events", "Content-Type: application/json").status()).isEqualTo(415);
  }

  @Test
  void a_body_above_the_limit_of_its_source_is_not_read_announced_or_not() throws IOException {
    var body = bytes("{\"text\": \"" + "x".repeat(60_000) + "\"}");
    assertThat(node.post("/webhooks/small", body, WebhookNode.github(body)).status()).isEqualTo(413);
    try (var client = node.web.connect()) {
      var headers = Arrays.copyOf(WebhookNode.github(body), 4);
      headers[3] = "Transfer-Encoding: chunked";
      client.send(node.web.head("POST /webhooks/small", headers)).send(Integer.toHexString(body.length) + "\r\n").send(body);
      assertThat(client.read().status()).isEqualTo(413);
    }
    assertThat(node.post("/webhooks/github", body, WebhookNode.github(body, "X-GitHub-Delivery: large")).status()).isEqualTo(202);
    try (var client = node.web.connect()) {
      assertThat(client.send(node.web.head("POST /webhooks/github", "Content-Length: 900000000", "Content-Type: application/json")).read().status())
          .as("who proves nothing is not asked for its body").isEqualTo(401);
    }
  }

  @Test
  void a_chunked_body_is_as_good_as_any() throws IOException {
    var body = bytes("{\"chunked\": true}");
    try (var client = node.web.connect()) {
      var headers = Arrays.copyOf(WebhookNode.github(body, "X-GitHub-Delivery: chunked"), 5);
      headers[4] = "Transfer-Encoding: chunked";
      client.send(node.web.head("POST /webhooks/github", headers));
      for (var one : body) {
        client.send("1\r\n").send(new byte[] {one}).send("\r\n");
      }
      assertThat(client.send("0\r\n\r\n").read().status()).isEqualTo(202);
    }
  }

  @Test
  void only_a_source_that_is_there_can_be_posted_to() throws IOException {
    for (var path : new String[] {"/webhooks", "/webhooks/", "/webhooks/github/more", "/webhooks/GitHub", "/webhooks/%67ithub"}) {
      assertThat(node.post(path, "{}", "Content-Type: application/json").status()).as(path).isEqualTo(404);
    }
    try (var client = node.web.connect()) {
      var answer = client.send(node.web.head("GET /webhooks/github")).read();
      assertThat(answer.status() + " " + answer.headers().get("allow")).isEqualTo("405 POST, OPTIONS");
    }
  }

  @Test
  void a_token_is_compared_whole() throws IOException {
    var body = "{\"object_kind\": \"push\"}";
    assertThat(node.post("/webhooks/gitlab", body, "Content-Type: application/json", "X-Gitlab-Token: the token of gitlab").status()).isEqualTo(202);
    for (var wrong : new String[] {"the token of gitla", "the token of gitlabb", "The token of gitlab", ""}) {
      assertThat(node.post("/webhooks/gitlab", body, "Content-Type: application/json", "X-Gitlab-Token: " + wrong).status()).isEqualTo(401);
    }
    assertThat(node.post("/webhooks/bearer", body, "Content-Type: application/json", "Authorization: Bearer the token of events").status())
        .as("the token of another source").isEqualTo(401);
  }

  @Test
  void cloud_events_come_in_three_forms_and_a_batch_whole_or_not_at_all() throws IOException {
    var token = "Authorization: Bearer the token of events";
    assertThat(node.post("/webhooks/events", "{\"n\": 1}", token, "Content-Type: application/json", "ce-specversion: 1.0", "ce-id: 1",
        "ce-source: /s", "ce-type: t").status()).isEqualTo(202);
    var event = "{\"specversion\": \"1.0\", \"id\": \"1\", \"source\": \"/s\", \"type\": \"t\", \"data\": {\"n\": 1}}";
    assertThat(node.post("/webhooks/events", event, token, "Content-Type: application/cloudevents+json").status())
        .as("the same event in another form").isEqualTo(200);
    var before = node.webhooks("events");
    var other = event.replace("\"1\"", "\"2\"");
    assertThat(node.post("/webhooks/events", "[" + other + ", {}]", token, "Content-Type: application/cloudevents-batch+json").status()).isEqualTo(400);
    assertThat(node.webhooks("events")).isEqualTo(before);
    var answer = node.post("/webhooks/events", "[" + event + ", " + other + "]", token, "Content-Type: application/cloudevents-batch+json");
    assertThat(answer.status() + " " + Json.MAPPER.readTree(answer.body()).findValuesAsText("duplicate")).isEqualTo("202 [true, false]");
  }

  @Test
  void the_handshake_of_cloud_events_is_answered_and_calls_nobody_back() throws IOException {
    try (var client = node.web.connect()) {
      var answer = client.send(node.web.head("OPTIONS /webhooks/events", "WebHook-Request-Origin: sender.example.com", "WebHook-Request-Rate: 120",
          "WebHook-Request-Callback: http://127.0.0.1:1/")).read();
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.headers()).containsEntry("webhook-allowed-origin", "sender.example.com").containsEntry("webhook-allowed-rate", "*");
    }
    try (var client = node.web.connect()) {
      assertThat(client.send(node.web.head("OPTIONS /webhooks/github", "WebHook-Request-Origin: x")).read().status()).isEqualTo(405);
    }
  }

  @Test
  void a_disabled_source_asks_its_sender_to_come_back_and_a_rotated_secret_is_good_at_once() throws IOException {
    node.source("turned", "github", "'secrets': [{'secret': '" + WebhookNode.SECRET + "'}]");
    var body = bytes("{\"n\": 5}");
    node.call("put_source", "{'name': 'turned', 'enabled': false}");
    var later = node.post("/webhooks/turned", body, WebhookNode.github(body));
    assertThat(later.status() + " " + later.headers().containsKey("retry-after")).isEqualTo("503 true");
    node.call("put_source", "{'name': 'turned', 'enabled': true}");
    var secret = node.call("rotate_source_secret", "{'source': 'turned'}").get("secret").asText();
    assertThat(node.post("/webhooks/turned", body, "Content-Type: application/json", "X-GitHub-Delivery: new",
        "X-Hub-Signature-256: sha256=" + WebhookNode.hex(secret, body)).status()).isEqualTo(202);
    assertThat(node.post("/webhooks/turned", body, WebhookNode.github(body, "X-GitHub-Delivery: old")).status()).as("within the overlap").isEqualTo(202);
    node.call("rotate_source_secret", "{'source': 'turned', 'overlap_seconds': 0}");
    assertThat(node.post("/webhooks/turned", body, WebhookNode.github(body, "X-GitHub-Delivery: later")).status()).isEqualTo(401);
  }
}
