package io.agentbus.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Json;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.Validator;
import java.time.Duration;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The catalogue as tools: which, how they look, and how they refuse. */
@Timeout(60)
class BusToolsTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static McpNode node;
  private static String worker;
  private static String operator;

  @BeforeAll
  static void open() {
    node = new McpNode(DATABASE);
    worker = node.agentToken("default", "tools-worker");
    operator = node.token("tools-operator", "['read', 'ask', 'work', 'operate', 'admin']");
  }

  @AfterAll
  static void close() throws Exception {
    node.close();
  }

  private static List<String> names(String token, String query) throws Exception {
    try (var client = node.client(token, query)) {
      return StreamSupport.stream(client.modern("tools/list", "{}").result().get("tools").spliterator(), false)
          .map(tool -> tool.get("name").asText()).toList();
    }
  }

  private static JsonNode tool(String token, String query, String name) throws Exception {
    try (var client = node.client(token, query)) {
      return StreamSupport.stream(client.modern("tools/list", "{}").result().get("tools").spliterator(), false)
          .filter(tool -> tool.get("name").asText().equals(name)).findFirst().orElseThrow();
    }
  }

  @Test
  void nobody_without_a_token_comes_in() throws Exception {
    try (var client = node.client("", "")) {
      var answer = client.modern("tools/list", "{}");
      assertThat(answer.status()).isEqualTo(401);
      assertThat(answer.headers().firstValue("www-authenticate")).hasValue("Bearer realm=\"agentbus\"");
      assertThat(client.initialize("2025-11-25").status()).isEqualTo(401);
      assertThat(client.send(client.bare("GET").build()).status()).isEqualTo(401);
    }
    try (var client = node.client("aba_wrong", "")) {
      assertThat(client.modern("tools/list", "{}").status()).isEqualTo(401);
    }
    try (var client = new McpClient(node.web.server.baseUrl() + "/.well-known/oauth-protected-resource/mcp", "")) {
      assertThat(client.send(client.bare("GET").build()).status()).isEqualTo(404);
    }
  }

  @Test
  void a_token_that_is_revoked_ends_its_sessions_too() throws Exception {
    try (var client = node.agent("leaver")) {
      client.initialize("2025-11-25");
      assertThat(client.call("ping", "{}").status()).isEqualTo(200);
      node.bus.call(TestBus.operator(), "revoke_agent_token", "{\"agent\": \"leaver\"}");
      await().atMost(Duration.ofSeconds(10)).until(() -> client.call("ping", "{}").status() == 401);
      assertThat(client.send(client.bare("GET").build()).status()).isEqualTo(401);
      assertThat(client.modern("tools/list", "{}").status()).isEqualTo(401);
    }
  }

  @Test
  void a_worker_is_offered_what_a_worker_needs() throws Exception {
    var names = names(worker, "");
    assertThat(names).contains("claim_jobs", "mark_running_job", "report_progress", "complete_job", "block_job", "fail_job",
        "release_job", "renew_job_lease", "enqueue_job", "enqueue_jobs", "emit_event", "list_events", "explain_job",
        "job_timeline", "cancel_job", "unblock_job", "whoami", "health", "list_agents", "agent_heartbeat");
    assertThat(names).doesNotContain("retry_job", "pause_lane", "create_token", "register_agent", "rotate_agent_token",
        "verify_journal", "audit_window");
    assertThat(names(worker, "")).isEqualTo(names);
  }

  @Test
  void a_toolset_offers_of_its_own_only_what_the_token_may_do() throws Exception {
    assertThat(names(operator, "")).contains("retry_job", "pause_lane", "create_token", "audit_window")
        .doesNotContain("claim_jobs", "complete_job");
    assertThat(names(operator, "?toolset=agent")).contains("claim_jobs").doesNotContain("retry_job");
    assertThat(names(operator, "?tools=all")).contains("claim_jobs", "retry_job", "register_agent");
    assertThat(names(worker, "?toolset=all")).contains("claim_jobs", "rotate_agent_token").doesNotContain("retry_job");
    var reader = node.token("tools-reader", "['read']");
    assertThat(names(reader, "")).contains("get_job").doesNotContain("enqueue_job", "claim_jobs");
  }

  @Test
  void a_toolset_that_does_not_exist_is_refused() throws Exception {
    try (var client = node.client(worker, "?toolset=everything")) {
      assertThat(client.modern("tools/list", "{}").error().get("message").asText()).contains("agent, operator and all");
      assertThat(client.initialize("2025-11-25").error().get("message").asText()).contains("agent, operator and all");
    }
    try (var client = node.client(worker, "?tolset=all")) {
      assertThat(client.modern("tools/list", "{}").error().get("message").asText()).contains("did you mean 'toolset'?");
    }
  }

  @Test
  void a_tool_outside_the_toolset_is_unknown_and_one_without_the_right_is_forbidden() throws Exception {
    try (var client = node.client(worker, "")) {
      assertThat(client.modern("tools/call", "{'name': 'retry_job', 'arguments': {}}").code()).isEqualTo(-32602);
    }
    try (var client = node.client(worker, "?toolset=all")) {
      var result = client.modern("tools/call", "{'name': 'list_tokens'}").result();
      assertThat(result.get("isError").asBoolean()).isTrue();
      assertThat(result.at("/_meta/io.agentbus~1problem/code").asText()).isEqualTo("forbidden");
    }
  }

  @Test
  void what_the_token_may_not_read_is_told_as_its_scope() throws Exception {
    try (var client = node.client(node.token("tools-asker", "['ask']"), "")) {
      assertThat(client.modern("resources/list", "{}").result().get("resources")).hasSize(1);
      var answer = client.modern("resources/read", "{'uri': 'agentbus://health'}");
      assertThat(answer.status()).isEqualTo(403);
      assertThat(answer.headers().firstValue("www-authenticate").orElse("")).contains("insufficient_scope");
      assertThat(answer.error().get("message").asText()).contains("'read'");
      client.initialize("2025-11-25");
      assertThat(client.call("resources/read", "{'uri': 'agentbus://health'}").status()).isEqualTo(200);
    }
  }

  @Test
  void a_tool_says_what_it_does_to_the_bus() throws Exception {
    var read = tool(worker, "", "get_job").get("annotations");
    assertThat(read.get("readOnlyHint").asBoolean()).isTrue();
    assertThat(read.get("openWorldHint").asBoolean()).isFalse();
    var write = tool(worker, "", "enqueue_job").get("annotations");
    assertThat(write.get("readOnlyHint").asBoolean()).isFalse();
    assertThat(write.get("destructiveHint").asBoolean()).isFalse();
    assertThat(write.get("idempotentHint").asBoolean()).isFalse();
    var destroy = tool(worker, "", "cancel_job").get("annotations");
    assertThat(destroy.get("destructiveHint").asBoolean()).isTrue();
    assertThat(destroy.get("idempotentHint").asBoolean()).isTrue();
  }

  @Test
  void an_answer_is_text_and_structure_that_fits_the_schema() throws Exception {
    try (var client = node.client(worker, "")) {
      for (var call : List.of("whoami {}", "health {}", "enqueue_job {'subject': 's', 'target_agent': 'nobody'}", "list_jobs {}",
          "list_agents {}", "claim_jobs {}")) {
        var name = call.substring(0, call.indexOf(' '));
        var result = client.modern("tools/call", "{'name': '" + name + "', 'arguments': " + call.substring(name.length()) + "}")
            .result();
        assertThat(result.has("isError")).as(result.toString()).isFalse();
        assertThat(Answered.tree(result.at("/content/0/text").asText())).isEqualTo(result.get("structuredContent"));
        var schema = new JsonObject(tool(worker, "", name).get("outputSchema").toString());
        var checked = Validator.create(JsonSchema.of(schema),
            new JsonSchemaOptions().setDraft(Draft.DRAFT202012).setBaseUri("app://"))
            .validate(new JsonObject(result.get("structuredContent").toString()));
        assertThat(checked.getValid()).as(name + ": " + checked.getErrors()).isTrue();
      }
    }
  }

  @Test
  void bad_arguments_are_a_result_that_names_every_fault() throws Exception {
    try (var client = node.client(worker, "")) {
      var call = "{'name': 'enqueue_job', 'arguments': {'subjekt': 's', 'priority': 5000}}";
      var result = client.modern("tools/call", call).result();
      assertThat(result.get("isError").asBoolean()).isTrue();
      assertThat(result.at("/content/0/text").asText()).startsWith("invalid_input: ").contains("/subject ")
          .contains("did you mean 'subject'?").contains("/priority ").contains("between 1 and 1000");
      assertThat(result.at("/_meta/io.agentbus~1problem/errors")).hasSize(3);
      // Clients hold it to the schema of the answer, which a refusal does not have.
      assertThat(result.has("structuredContent")).isFalse();
      client.initialize("2025-11-25");
      assertThat(client.call("tools/call", call).result().get("content")).isEqualTo(result.get("content"));
    }
  }

  @Test
  void the_same_idempotency_key_gets_the_same_answer() throws Exception {
    try (var client = node.client(worker, "")) {
      var call = "{'name': 'enqueue_job', 'arguments': {'subject': 'once'}, '_meta': {'io.agentbus/idempotencyKey': 'k1'}}";
      var first = client.modern("tools/call", call).result().at("/structuredContent/id").asText();
      assertThat(client.modern("tools/call", call).result().at("/structuredContent/id").asText()).isEqualTo(first);
      assertThat(client.modern("tools/call", call.replace("once", "twice")).result().at("/_meta/io.agentbus~1problem/code").asText())
          .isEqualTo("idempotency_mismatch");
      client.initialize("2025-06-18");
      assertThat(client.call("tools/call", call).result().at("/structuredContent/id").asText()).isEqualTo(first);
    }
  }

  @Test
  void every_tool_has_a_schema_that_hosts_can_read() throws Exception {
    try (var client = node.client(operator, "?toolset=all")) {
      for (var tool : client.modern("tools/list", "{}").result().get("tools")) {
        assertThat(tool.get("name").asText()).matches("[a-z_]{1,64}");
        assertThat(tool.get("description").asText()).isNotBlank();
        assertThat(tool.at("/inputSchema/type").asText()).isEqualTo("object");
        assertThat(tool.at("/outputSchema/type").asText()).isEqualTo("object");
        assertThat(Json.text(tool)).doesNotContain("\"$ref\"");
      }
    }
  }
}
