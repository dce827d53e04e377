package io.agentbus.door.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.http.RawClient;
import io.agentbus.op.Json;
import io.agentbus.testkit.PgDatabase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The hooks in the words of OpenClaw's gateway. */
@Timeout(60)
class HookDoorTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final String TOKEN = "Authorization: Bearer the token of the hooks";
  private static final String JSON = "Content-Type: application/json";
  private static WebhookNode node;

  @BeforeAll
  static void open() {
    node = new WebhookNode(DATABASE);
    node.bus.agent("acme", "main", 0);
    node.bus.agent("acme", "other", 0);
    node.bus.agent("globex", "stranger", 0);
    node.source("hooks", "bearer", "'default_agent': 'main', 'secrets': [{'secret': 'the token of the hooks'}]");
    node.source("headless", "bearer", "'secrets': [{'secret': 'the token without an agent'}]");
    node.source("signed", "github", "'secrets': [{'secret': 'the token of github only'}]");
  }

  @AfterAll
  static void close() throws Exception {
    node.close();
  }

  private static RawClient.Answer agent(String body, String... more) throws IOException {
    var headers = new String[more.length + 2];
    headers[0] = JSON;
    headers[1] = TOKEN;
    System.arraycopy(more, 0, headers, 2, more.length);
    return node.post("/hooks/agent", body, headers);
  }

  private static String runId(RawClient.Answer answer) throws IOException {
    assertThat(answer.status()).as(answer.body()).isEqualTo(200);
    var json = Json.MAPPER.readTree(answer.body());
    assertThat(json.get("ok").asBoolean()).isTrue();
    return json.get("runId").asText();
  }

  private static String job(String id, String column) {
    return node.truth.one("SELECT " + column + " FROM jobs WHERE id = ?::uuid", id);
  }

  @Test
  void the_fields_of_both_generations_become_a_job_that_shows_them() throws IOException {
    var id = runId(agent("""
        {"message": "  fix it\\nplease ", "name": "AO", "agentId": "other", "sessionKey": "hook:ao:s-1", "wakeMode": "next-heartbeat", "deliver": false,
         "channel": "slack", "to": "#ops", "model": "m-1", "thinking": "high", "timeoutSeconds": 90.7, "sessionMode": "isolated", "accountId": "a-1",
         "unheardOf": 1}"""));
    assertThat(job(id, "concat_ws(' ', namespace, target_agent, source_agent, subject, correlation_key, timeout_seconds, status)"))
        .isEqualTo("acme other source:hooks AO: fix it hook:ao:s-1 90 queued");
    assertThat(Json.MAPPER.readTree(job(id, "payload::text"))).isEqualTo(Json.MAPPER.readTree("""
        {"message": "fix it\\nplease", "name": "AO", "agentId": "other", "sessionKey": "hook:ao:s-1", "wakeMode": "next-heartbeat", "deliver": false,
         "channel": "slack", "to": "#ops", "model": "m-1", "thinking": "high", "timeoutSeconds": 90, "sessionMode": "isolated", "accountId": "a-1"}"""));
    var usual = runId(agent("{\"message\": \"only this\"}"));
    assertThat(job(usual, "concat_ws(' ', target_agent, subject, payload ->> 'wakeMode', payload ->> 'deliver', timeout_seconds)"))
        .isEqualTo("main Hook: only this now true");
  }

  @Test
  void a_character_that_the_database_does_not_keep_is_refused_with_its_field() throws IOException {
    for (var field : new String[] {"message", "agentId", "sessionKey", "name", "channel"}) {
      var body = "{\"message\": \"m\", \"" + field + "\": \"a\\u0000b\"}";
      var answer = agent(field.equals("message") ? "{\"message\": \"a\\u0000b\"}" : body);
      assertThat(answer.status() + " " + Json.MAPPER.readTree(answer.body()).get("error").asText())
          .isEqualTo("400 " + field + " must not contain the character U+0000");
    }
    var wake = node.post("/hooks/wake", "{\"text\": \"t\", \"sessionKey\": \"a\\u0000b\"}", JSON, TOKEN);
    assertThat(wake.status()).as(wake.body()).isEqualTo(400);
  }

  @Test
  void what_the_gateway_refuses_is_refused_in_its_form() throws IOException {
    for (var wrong : new String[] {"{}", "{\"message\": \"  \"}", "{\"message\": 7}", "{\"message\": \"m\", \"model\": \"\"}",
        "{\"message\": \"m\", \"agentId\": \"nobody\"}", "{\"message\": \"m\", \"agentId\": \"stranger\"}", "{\"message\": \"m\", \"sessionMode\": \"both\"}",
        "{\"message\": \"m\", \"name\": [1]}", "{\"message\": \"m\", \"sessionKey\": \"" + "k".repeat(501) + "\"}", "{", "[]", "", "{\"a\":1,\"a\":2}"}) {
      var answer = agent(wrong);
      assertThat(answer.status()).as(wrong).isEqualTo(400);
      var json = Json.MAPPER.readTree(answer.body());
      assertThat(json.get("ok").asBoolean()).as(wrong).isFalse();
      assertThat(json.get("error").asText()).as(wrong).isNotBlank();
    }
    assertThat(agent("{\"message\": \"m\", \"agentId\": \"nobody\"}").body()).contains("unknown agentId: nobody");
    assertThat(node.post("/hooks/agent", "{\"message\": \"m\"}", JSON, "Authorization: Bearer the token without an agent").body()).contains("agentId required");
    assertThat(agent("{\"message\": \"" + "x".repeat(270_000) + "\"}").status()).isEqualTo(413);
  }

  @Test
  void a_token_comes_by_one_of_two_headers_and_never_in_the_address() throws IOException {
    var body = "{\"message\": \"by the other header\"}";
    assertThat(node.post("/hooks/agent", body, JSON, "X-OpenClaw-Token: the token of the hooks").status()).isEqualTo(200);
    var inAddress = node.post("/hooks/agent?token=the%20token", body, JSON, TOKEN);
    assertThat(inAddress.status() + inAddress.headers().get("content-type")).isEqualTo("400text/plain; charset=utf-8");
    try (var client = node.web.connect()) {
      var get = client.send(node.web.head("GET /hooks/agent", TOKEN)).read();
      assertThat(get.status() + " " + get.headers().get("allow")).isEqualTo("405 POST");
    }
    assertThat(node.post("/hooks/other", body, JSON, TOKEN).status()).isEqualTo(404);
  }

  @Test
  void the_same_request_is_the_same_job_by_key_or_for_a_while_by_its_body() throws IOException {
    var body = "{\"message\": \"repeated\", \"sessionKey\": \"hook:ao:r\"}";
    var first = runId(agent(body));
    assertThat(runId(agent(body))).isEqualTo(first);
    assertThat(runId(agent(body, "Idempotency-Key: k-1"))).isNotEqualTo(first);
    var keyed = runId(agent(body, "Idempotency-Key: k-1"));
    assertThat(runId(agent(body, "X-OpenClaw-Idempotency-Key: k-1"))).isEqualTo(keyed);
    assertThat(runId(agent(body, "Idempotency-Key: k-2"))).isNotEqualTo(keyed);
    assertThat(runId(agent(body, "Idempotency-Key: " + "k".repeat(257)))).as("a key that is too long does not count").isEqualTo(first);
    var inside = "{\"message\": \"repeated\", \"idempotencyKey\": \"k-3\"}";
    assertThat(runId(agent(inside))).isEqualTo(runId(agent(inside)));
    assertThat(node.post("/hooks/agent", body, JSON, "Authorization: Bearer the token without an agent").status()).isEqualTo(400);
    node.truth.update("UPDATE webhook_ids SET until = now() WHERE made_id = ?::uuid", first);
    assertThat(runId(agent(body))).isNotEqualTo(first);
    node.truth.update("UPDATE webhook_ids SET until = now() + interval '1 minute' WHERE made_id = ?::uuid", keyed);
    assertThat(runId(agent(body, "Idempotency-Key: k-1"))).isEqualTo(keyed);
  }

  @Test
  void a_wake_is_a_message_of_the_source_in_the_agents_inbox() throws IOException {
    var answer = node.post("/hooks/wake", "{\"text\": \"look here\", \"sessionKey\": \"hook:w\"}", JSON, TOKEN);
    assertThat(answer.status() + answer.body()).isEqualTo("200{\"ok\":true,\"mode\":\"now\"}");
    assertThat(node.truth.one("SELECT concat_ws(' ', target, source_agent, title, priority, payload ->> 'text') FROM inbox_messages WHERE correlation_key = 'hook:w'"))
        .isEqualTo("main source:hooks look here 9 look here");
    assertThat(node.post("/hooks/wake", "{\"text\": \"look here\", \"sessionKey\": \"hook:w\"}", JSON, TOKEN).status()).isEqualTo(200);
    assertThat(node.truth.count("SELECT count(*) FROM inbox_messages WHERE correlation_key = 'hook:w'")).isEqualTo(1);
    assertThat(node.post("/hooks/wake", "{\"text\": \"later\", \"mode\": \"next-heartbeat\", \"agentId\": \"other\"}", JSON, TOKEN).body())
        .contains("next-heartbeat");
    assertThat(node.truth.one("SELECT concat_ws(' ', target, priority) FROM inbox_messages WHERE title = 'later'")).isEqualTo("other 5");
    assertThat(node.post("/hooks/wake", "{\"text\": \"t\", \"agentId\": \"nobody\"}", JSON, TOKEN).status()).isEqualTo(400);
    assertThat(node.post("/hooks/wake", "{}", JSON, TOKEN).body()).contains("text required");
  }

  @Test
  void wrong_tokens_are_refused_and_too_many_of_them_slowed_down_while_a_good_one_stays_welcome() throws Exception {
    var body = "{\"message\": \"m\"}";
    for (var headers : new String[][] {{JSON}, {JSON, "Authorization: Basic dXNlcg=="}, {JSON, "Authorization: Bearer the token of github only"},
        {JSON, TOKEN, "X-OpenClaw-Token: another one altogether"}}) {
      var answer = node.post("/hooks/agent", body, headers);
      assertThat(answer.status() + answer.body()).isEqualTo("401Unauthorized");
    }
    for (var n = 4; n < WebhookNode.WRONG_TOKENS; n++) {
      assertThat(node.post("/hooks/agent", body, JSON, "Authorization: Bearer wrong token number " + n).status()).isEqualTo(401);
    }
    var answer = node.post("/hooks/agent", body, JSON, "Authorization: Bearer one wrong token more");
    assertThat(answer.status()).isEqualTo(429);
    assertThat(Integer.parseInt(answer.headers().get("retry-after"))).isBetween(1, 60);
    assertThat(agent("{\"message\": \"still welcome\"}").status()).isEqualTo(200);
    many_requests_with_that_good_token_at_once_are_all_taken();
  }

  /** While the look-ups of tokens stand still, so that all of them are there at once. */
  private static void many_requests_with_that_good_token_at_once_are_all_taken() throws Exception {
    var many = 40;
    try (var threads = Executors.newVirtualThreadPerTaskExecutor(); var connection = node.truth.connect(); var statement = connection.createStatement()) {
      var answers = new ArrayList<Future<RawClient.Answer>>();
      connection.setAutoCommit(false);
      statement.execute("LOCK TABLE source_secrets IN ACCESS EXCLUSIVE MODE");
      for (var n = 0; n < many; n++) {
        var body = "{\"message\": \"at once " + n + "\"}";
        answers.add(threads.submit(() -> agent(body)));
      }
      try {
        await().until(() -> node.web.server.requestsInProgress() == many || answers.stream().anyMatch(Future::isDone));
      } finally {
        connection.rollback();
      }
      for (var answer : answers) {
        assertThat(answer.get().status()).isEqualTo(200);
      }
    }
  }
}
