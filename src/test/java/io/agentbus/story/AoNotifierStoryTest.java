package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Json;
import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A running agent orchestrator's notifier posts as it does to its own gateway, and reaches an agent; nothing taken is lost with a node. */
@Timeout(180)
class AoNotifierStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  /** The timeout of one of its requests. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static NodeProcess node;
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  @BeforeAll
  static void start() {
    node = NodeProcess.over(DATABASE, folder, "one");
  }

  @AfterAll
  static void stop() {
    node.close();
  }

  private HttpResponse<String> post(String path, String token, String body) throws Exception {
    return client.send(HttpRequest.newBuilder(node.url().resolve(path)).timeout(PATIENCE).header("Content-Type", "application/json")
        .header("Authorization", "Bearer " + token).POST(HttpRequest.BodyPublishers.ofString(body)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String source(String name) {
    return node.operator().call("put_source", "{\"name\": \"" + name + "\", \"scheme\": \"bearer\", \"default_agent\": \"overseer\"}").get("secret").asText();
  }

  /** The five keys in the notifier's order. */
  private static String request(String message) {
    return Json.MAPPER.createObjectNode().put("message", message).put("sessionKey", "hook:ao:app-7").put("name", "AO").put("wakeMode", "now")
        .put("deliver", true).toString();
  }

  /** Promise: an unchanged notifier wakes an agent that waits, its tries after a lost answer are one job, and its setup succeeds. */
  @Test
  void a_notification_wakes_the_agent_that_waits_and_its_tries_are_one_job() throws Exception {
    var token = source("ao");
    var overseer = node.caller(node.registerAgent("default", "overseer", 0));

    var probe = client.send(HttpRequest.newBuilder(node.url()).timeout(Duration.ofSeconds(3)).GET().build(), HttpResponse.BodyHandlers.ofString());
    assertThat(probe.statusCode()).as("any answer says that it is there").isPositive();
    var setup = post("/hooks/agent", token, Json.MAPPER.createObjectNode().put("message", "[AO Setup] Connection test \u2014 you can ignore this message.")
        .put("name", "AO").put("sessionKey", "hook:ao:setup-test").put("wakeMode", "now").put("deliver", false).toString());
    assertThat(setup.statusCode()).isEqualTo(200);
    assertThat(post("/hooks/agent", "not the token", request("m")).statusCode()).isEqualTo(401);
    var tested = claim(overseer.call("claim_jobs", "{\"limit\": 1}"));
    overseer.call("complete_job", attempt(tested));

    var waiting = CompletableFuture.supplyAsync(() -> overseer.call("claim_jobs", "{\"limit\": 1, \"wait_seconds\": 30}"));
    Awaitility.await().atMost(JavaProgram.LONG).until(() -> !waiting.isDone() && node.truth().holds("SELECT count(*) = 0 FROM ready_jobs_v"));
    var message = "[AO URGENT] app-7 ci.failing\nCI is failing on PR #12\nContext: {\"pr\":12}\nActions available: Open PR, Kill session";
    var first = post("/hooks/agent", token, request(message));
    var claimed = claim(waiting.get(30, TimeUnit.SECONDS));
    assertThat(Json.MAPPER.readTree(first.body()).get("runId")).isEqualTo(claimed.get("id"));
    assertThat(claimed.get("correlation_key").asText()).isEqualTo("hook:ao:app-7");
    assertThat(claimed.get("subject").asText()).isEqualTo("AO: [AO URGENT] app-7 ci.failing");
    assertThat(claimed.at("/payload/message").asText()).isEqualTo(message);
    assertThat(claimed.at("/payload/deliver").asBoolean()).isTrue();

    // Its second and third try, as after an answer that came too late.
    for (var tries = 0; tries < 2; tries++) {
      assertThat(post("/hooks/agent", token, request(message)).body()).isEqualTo(first.body());
    }
    overseer.call("complete_job", attempt(claimed));
    assertThat(overseer.call("claim_jobs", "{\"limit\": 1}").get("jobs")).isEmpty();
  }

  /** Promise: what was answered 2xx is routed once, though the node that took it was killed before it could. */
  @Test
  void a_webhook_that_was_taken_outlives_the_node_that_took_it() throws Exception {
    var token = source("kept");
    node.operator().call("put_route", "{\"source\": \"kept\", \"name\": \"all\", \"then\": {\"job\": {\"target_tag\": \"kept\"}}}");
    node.stop();
    node.up("--roles", "api");
    for (var n = 0; n < 5; n++) {
      assertThat(post("/webhooks/kept", token, "{\"type\": \"t\", \"n\": " + n + "}").statusCode()).isEqualTo(202);
    }
    node.kill9();
    assertThat(node.truth().count("SELECT count(*) FROM webhook_pending")).isEqualTo(5);
    node.up();
    Awaitility.await().atMost(JavaProgram.LONG).until(() -> node.truth().holds("SELECT count(*) = 0 FROM webhook_pending"));
    assertThat(node.truth().count("SELECT count(*) FROM jobs WHERE source_agent = 'source:kept'")).isEqualTo(5);
    assertThat(post("/webhooks/kept", token, "{\"type\": \"t\", \"n\": 0}").statusCode()).as("known still").isEqualTo(200);
    assertThat(node.truth().count("SELECT count(*) FROM events WHERE topic = 'webhook.kept.t'")).isEqualTo(5);
  }

  private static JsonNode claim(JsonNode claimed) {
    assertThat(claimed.get("jobs")).hasSize(1);
    return claimed.get("jobs").get(0);
  }

  private static String attempt(JsonNode job) {
    return "{\"job_id\": " + job.get("id") + ", \"fence\": " + job.get("fence") + "}";
  }
}
