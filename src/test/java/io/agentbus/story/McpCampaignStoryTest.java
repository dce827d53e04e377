package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.agentbus.client.Trees;
import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** A campaign whose orchestrator, workers and operator know nothing but MCP, through the official Java client. */
@Timeout(120)
class McpCampaignStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  private static final String HOME = "release/v2";
  private static NodeProcess node;

  @BeforeAll
  static void open() {
    node = NodeProcess.over(DATABASE, folder, "mcp");
  }

  @AfterAll
  static void close() {
    node.close();
  }

  /** Promise: MCP is enough to run a campaign, from its beginning to the page that tells how it was judged. */
  @Test
  void a_campaign_is_run_judged_and_shown_with_mcp_alone() throws Exception {
    try (var orchestrator = new Agent(register("orchestrator")); var operator = new Agent(node.operatorToken());
        var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var tokens = Map.of("gate", register("gate"), "batch", register("batch"), "smoke", register("smoke"));
      var id = orchestrator.call("create_campaign", """
          {"name": "v2", "phases": [
            {"name": "functional", "worker": "gate", "group": "gate", "expected_seconds": 600},
            {"name": "scenarios", "worker": "batch", "group": "batch", "expected_seconds": 600, "payload": {"from": 1, "to": 2}},
            {"name": "smoke-apt", "worker": "smoke", "group": "smoke", "expected_seconds": 600}]}""").get("id").asText();
      var work = new ArrayList<Future<?>>();
      tokens.forEach((name, token) -> work.add(threads.submit(() -> work(token, name.equals("smoke") ? "failed" : "passed"))));
      for (var one : work) {
        one.get();
      }

      assertThat(heard(orchestrator)).containsExactlyInAnyOrder("gate: Phase functional passed", "batch: Phase scenarios passed",
          "smoke: Phase smoke-apt failed", "bus: Campaign v2 failed");
      var judged = orchestrator.call("get_campaign", "{\"campaign_id\": \"" + id + "\", \"format\": \"markdown\"}");
      assertThat(judged.get("status").asText()).isEqualTo("failed");
      assertThat(judged.at("/verdicts/0/failed").toString()).isEqualTo("[\"smoke-apt\"]");
      assertThat(judged.get("document").asText()).contains("**Failed: smoke-apt.**", "the mirror is down", "Nobody has decided yet");

      // Running a phase again is the operator's.
      var rerun = "{\"campaign_id\": \"" + id + "\", \"phase\": \"smoke-apt\", \"reason\": \"the mirror is back\"}";
      assertThat(orchestrator.tools()).contains("create_campaign", "get_campaign").doesNotContain("rerun_phase");
      assertThat(operator.call("rerun_phase", rerun).get("status").asText()).isEqualTo("open");
      work(tokens.get("smoke"), "passed");

      var done = orchestrator.call("get_campaign", "{\"campaign_id\": \"" + id + "\", \"format\": \"html\"}");
      assertThat(done.get("status").asText()).isEqualTo("passed");
      assertThat(done.get("verdicts").findValuesAsText("verdict")).containsExactly("failed", "passed");
      assertThat(done.at("/phases/2/runs")).hasSize(2);
      assertThat(done.get("document").asText()).contains("Passed: all 3 phases passed.", "because the mirror is back");
      var captured = orchestrator.call("get_phase_run", "{\"campaign_id\": \"" + id + "\", \"phase\": \"scenarios\"}");
      assertThat(captured.at("/scenarios/1/trace/host").asText()).isEqualTo("h2");
      assertThat(heard(orchestrator)).containsExactlyInAnyOrder("operator: Phase smoke-apt runs again", "smoke: Phase smoke-apt passed",
          "bus: Campaign v2 passed");
      // The page is the database.
      var truth = node.truth();
      assertThat(truth.one("SELECT status FROM campaigns WHERE id = ?::uuid", id)).isEqualTo("passed");
      await().atMost(JavaProgram.LONG).until(() -> truth.count("SELECT count(*) FROM journal_pending") == 0);
      assertThat(node.cli("get-campaign", id, "--format", "html").said())
          .isEqualTo(orchestrator.call("get_campaign", "{\"campaign_id\": \"" + id + "\", \"format\": \"html\"}").get("document").asText());
    }
  }

  /** Takes the job of a phase, as its worker, and reports it. */
  private static Void work(String token, String verdict) throws Exception {
    try (var worker = new Agent(token)) {
      var job = worker.call("claim_jobs", "{\"limit\": 1, \"wait_seconds\": 20}").at("/jobs/0");
      var about = job.at("/payload/campaign");
      worker.call("mark_running_job", "{\"job_id\": " + job.get("id") + ", \"fence\": " + job.get("fence") + "}");
      var report = "{\"campaign_id\": " + about.get("campaign_id") + ", \"phase\": " + about.get("phase") + ", \"fence\": " + job.get("fence")
          + ", \"verdict\": \"" + verdict + "\"" + (verdict.equals("failed") ? ", \"summary\": \"the mirror is down\"" : "")
          + (about.get("phase").asText().equals("scenarios") ? ", \"evidence\": {\"scenarios\": [{\"name\": \"S1\", \"verdict\": \"passed\"},"
              + " {\"name\": \"S2\", \"verdict\": \"passed\", \"trace\": {\"host\": \"h2\"}}]}" : "") + "}";
      assertThat(worker.call("report_phase", report).get("repeated").asBoolean()).isFalse();
      assertThat(worker.call("report_phase", report).get("repeated").asBoolean()).isTrue();
      return null;
    }
  }

  /** What is new in the inbox, which is acknowledged. */
  private static List<String> heard(Agent agent) {
    var heard = new ArrayList<String>();
    for (var message : agent.call("inbox", "{\"unread_only\": true, \"limit\": 100}").get("items")) {
      heard.add(message.get("from").asText() + ": " + message.get("title").asText());
      agent.call("ack_message", "{\"message_id\": " + message.get("id") + "}");
    }
    return heard;
  }

  private static String register(String name) {
    return node.registerAgent(HOME, name, 0);
  }

  /** What a host does for a model, in a session of its own. */
  private static final class Agent implements AutoCloseable {
    private static final ObjectMapper JSON = Trees.MAPPER;
    private final McpSyncClient client;

    Agent(String token) {
      var transport = HttpClientStreamableHttpTransport.builder(node.url().toString()).endpoint("/mcp")
          .httpRequestCustomizer((builder, method, uri, body, context) -> builder.header("Authorization", "Bearer " + token)).build();
      client = McpClient.sync(transport).requestTimeout(JavaProgram.LONG).build();
      client.initialize();
    }

    JsonNode call(String tool, String arguments) {
      var result = client.callTool(request(tool, arguments));
      assertThat(result.isError()).as(() -> tool + ": " + result.content()).isNotEqualTo(true);
      return JSON.valueToTree(result.structuredContent());
    }

    List<String> tools() {
      return client.listTools().tools().stream().map(Tool::name).toList();
    }

    @SuppressWarnings("unchecked")
    private static CallToolRequest request(String tool, String arguments) {
      try {
        return CallToolRequest.builder(tool).arguments(JSON.readValue(arguments, Map.class)).build();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void close() {
      client.closeGracefully();
    }
  }
}
