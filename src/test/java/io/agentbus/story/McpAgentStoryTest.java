package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An agent that knows nothing but MCP does its work on a real node. */
@Timeout(120)
class McpAgentStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  private static NodeProcess node;
  private static HttpClient http;

  @BeforeAll
  static void open() {
    node = NodeProcess.over(DATABASE, folder, "mcp");
    http = HttpClient.newHttpClient();
  }

  @AfterAll
  static void close() {
    http.close();
    node.close();
  }

  @Test
  void an_agent_does_a_whole_job_with_mcp_alone() throws Exception {
    var auditor = new Agent(node.registerAgent("acme", "auditor", 0));
    var devops = new Agent(node.registerAgent("acme", "devops", 0));
    var asked = auditor.call("enqueue_job", "{'subject': 'infra.check', 'target_agent': 'devops', 'payload': {'host': 'db1'}}");

    var job = devops.call("claim_jobs", "{'limit': 1, 'wait_seconds': 20}").at("/jobs/0");
    assertThat(job.get("id")).isEqualTo(asked.get("id"));
    assertThat(job.at("/payload/host").asText()).isEqualTo("db1");
    var attempt = "'job_id': " + job.get("id") + ", 'fence': " + job.get("fence");
    assertThat(devops.call("mark_running_job", "{" + attempt + "}").get("status").asText()).isEqualTo("running");
    devops.call("report_progress", "{" + attempt + ", 'progress': {'checked': 1, 'of': 2}}");
    assertThat(devops.call("renew_job_lease", "{" + attempt + "}").get("cancel_requested").asBoolean()).isFalse();
    assertThat(auditor.call("get_job", "{'job_id': " + job.get("id") + "}").at("/progress/checked").asInt()).isEqualTo(1);

    var done = devops.call("complete_job", "{" + attempt + ", 'result': {'disk': 'full'}, 'summary': 'The disk is full.',"
        + " 'follow_ups': [{'subject': 'infra.clean', 'target_agent': 'devops', 'payload': {'host': 'db1'}}],"
        + " 'events': [{'topic': 'infra.checked', 'payload': {'host': 'db1'}}]}");
    assertThat(done.get("status").asText()).isEqualTo("succeeded");

    var next = devops.call("claim_jobs", "{}").at("/jobs/0");
    assertThat(next.get("subject").asText()).isEqualTo("infra.clean");
    assertThat(next.get("parent_job_id")).isEqualTo(job.get("id"));
    assertThat(auditor.call("list_events", "{'topic': 'infra.checked'}").at("/items/0/source_agent").asText()).isEqualTo("devops");
    assertThat(auditor.call("job_timeline", "{'job_id': " + job.get("id") + "}").get("changes").findValuesAsText("to"))
        .filteredOn(status -> !status.equals("null")).containsExactly("queued", "leased", "running", "succeeded");
  }

  @Test
  void a_worker_that_lost_its_lease_is_told_to_stop() throws Exception {
    var worker = new Agent(node.registerAgent("acme", "slow", 0));
    node.enqueue("\"namespace\": \"acme\", \"target_agent\": \"slow\"");
    var first = worker.call("claim_jobs", "{}").at("/jobs/0");
    worker.call("release_job", "{'job_id': " + first.get("id") + ", 'fence': " + first.get("fence") + "}");
    var second = worker.call("claim_jobs", "{}").at("/jobs/0");

    var refused = worker.result("complete_job", "{'job_id': " + first.get("id") + ", 'fence': " + first.get("fence")
        + ", 'follow_ups': [{'subject': 'never'}]}");
    assertThat(refused.get("isError").asBoolean()).isTrue();
    assertThat(refused.at("/content/0/text").asText()).startsWith("lease_lost: ")
        .contains("claimed again with fence " + second.get("fence")).contains("Stop working on the job");
    assertThat(refused.at("/_meta/io.agentbus~1problem/current_fence")).isEqualTo(second.get("fence"));
    assertThat(worker.call("list_jobs", "{'subject': 'never'}").get("items")).isEmpty();
    worker.call("complete_job", "{'job_id': " + second.get("id") + ", 'fence': " + second.get("fence") + "}");
  }

  @Test
  void a_session_of_an_older_client_works_the_same_way() throws Exception {
    var worker = new Agent(node.registerAgent("acme", "older", 0)).inSession();
    var asked = node.enqueue("\"namespace\": \"acme\", \"target_agent\": \"older\"");
    var job = worker.call("claim_jobs", "{'wait_seconds': 20}").at("/jobs/0");
    assertThat(job.get("id").asText()).isEqualTo(asked);
    var attempt = "'job_id': " + job.get("id") + ", 'fence': " + job.get("fence");
    worker.call("block_job", "{" + attempt + ", 'blocked_reason': 'no key', 'needs_from': 'security'}");
    assertThat(worker.call("explain_job", "{'job_id': " + job.get("id") + "}").get("summary").asText()).contains("no key");
    worker.call("unblock_job", "{'job_id': " + job.get("id") + ", 'reason': 'the key is there'}");
    var again = worker.call("claim_jobs", "{}").at("/jobs/0");
    assertThat(worker.result("complete_job", "{" + attempt + "}").at("/content/0/text").asText()).startsWith("lease_lost: ");
    worker.call("complete_job", "{'job_id': " + again.get("id") + ", 'fence': " + again.get("fence") + "}");
  }

  /** What a host does for a model. */
  private static final class Agent {
    private final String token;
    private String session = "";
    private int ids;

    Agent(String token) {
      this.token = token;
    }

    Agent inSession() throws Exception {
      var params = Json.MAPPER.createObjectNode().put("protocolVersion", "2025-11-25");
      params.putObject("capabilities");
      params.putObject("clientInfo").put("name", "host").put("version", "1");
      var begun = http.send(request("initialize", params).build(), BodyHandlers.ofString());
      session = begun.headers().firstValue("Mcp-Session-Id").orElseThrow();
      return this;
    }

    /** What a tool answered. */
    JsonNode call(String tool, String arguments) throws Exception {
      var result = result(tool, arguments);
      assertThat(result.has("isError")).as(tool + ": " + result).isFalse();
      return result.get("structuredContent");
    }

    JsonNode result(String tool, String arguments) throws Exception {
      var params = Json.MAPPER.createObjectNode().put("name", tool);
      params.set("arguments", Json.MAPPER.readTree(arguments.replace('\'', '"')));
      var request = request("tools/call", params);
      if (session.isEmpty()) {
        request.header("Mcp-Name", tool);
      }
      var text = http.send(request.build(), BodyHandlers.ofString()).body();
      // A call that waited comes as a stream, of which the last message is the answer.
      var last = text.startsWith("{") ? text
          : text.lines().filter(line -> line.startsWith("data: {")).reduce((_, newer) -> newer).orElseThrow().substring(6);
      return Json.MAPPER.readTree(last).get("result");
    }

    private HttpRequest.Builder request(String method, ObjectNode params) {
      var message = Json.MAPPER.createObjectNode().put("jsonrpc", "2.0").put("id", ++ids).put("method", method);
      message.set("params", params);
      var request = HttpRequest.newBuilder(URI.create(node.url() + "/mcp")).header("Authorization", "Bearer " + token)
          .header("Content-Type", "application/json").header("Accept", "application/json, text/event-stream");
      if (!session.isEmpty()) {
        request.header("Mcp-Session-Id", session).header("MCP-Protocol-Version", "2025-11-25");
      } else if (!method.equals("initialize")) {
        params.putObject("_meta").put("io.modelcontextprotocol/protocolVersion", "2026-07-28")
            .putObject("io.modelcontextprotocol/clientCapabilities");
        request.header("MCP-Protocol-Version", "2026-07-28").header("Mcp-Method", method);
      }
      return request.POST(BodyPublishers.ofString(message.toString()));
    }
  }
}
