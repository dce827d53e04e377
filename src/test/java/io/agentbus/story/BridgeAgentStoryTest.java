package io.agentbus.story;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.door.bridge.TcpClient;
import io.agentbus.testkit.JavaProgram;
import io.agentbus.testkit.NodeProcess;
import io.agentbus.testkit.PgDatabase;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** An agent that knows nothing but a bridge does its work on a real node. */
@Timeout(120)
class BridgeAgentStoryTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  @TempDir
  static Path folder;
  private static NodeProcess node;

  @BeforeAll
  static void open() {
    node = NodeProcess.over(DATABASE, folder, "bridge");
  }

  @AfterAll
  static void close() {
    node.close();
  }

  private static TcpClient connect(String token) throws Exception {
    var client = new TcpClient(node.busPort());
    assertThat(client.request("agentbus.auth", "{'token': '" + token + "'}").at("/body/caller").asText()).isNotEmpty();
    return client;
  }

  private static JsonNode call(TcpClient client, String operation, String input) throws Exception {
    var answer = client.request("agentbus.op." + operation, input);
    assertThat(answer.path("type").asText()).as(answer.toString()).isEqualTo("message");
    return answer.get("body");
  }

  @Test
  void a_node_whose_bus_port_is_taken_says_how_to_choose_another() {
    var second = JavaProgram.start(folder, "second", Map.of(), List.of("up", "--home", folder.resolve("second-home").toString(), "--name", "second",
        "--port", "0", "--bus-port", Integer.toString(node.busPort()), "--database-url", DATABASE.url()));
    assertThat(second.awaitExit()).isNotZero();
    assertThat(second.complained()).contains("Port " + node.busPort()).contains("--bus-port");
    assertThat(second.said()).isEmpty();
  }

  @Test
  void the_metrics_count_connections() throws Exception {
    try (var client = connect(node.registerAgent("acme", "counted", 0))) {
      assertThat(call(client, "whoami", "{}").get("name").asText()).isEqualTo("counted");
      var asked = HttpRequest.newBuilder(node.url().resolve("/metrics")).build();
      try (var http = HttpClient.newHttpClient()) {
        assertThat(http.send(asked, BodyHandlers.ofString()).body()).contains("\nagentbus_bridge_connections 1.0\n");
      }
    }
  }

  @Test
  void a_job_is_brought_to_the_agent_which_finishes_it_on_the_same_connection() throws Exception {
    try (var auditor = connect(node.registerAgent("acme", "auditor", 0)); var devops = connect(node.registerAgent("acme", "devops", 0))) {
      call(devops, "update_agent", "{'agent': 'devops', 'channel': 'eventbus'}");
      devops.send("{'type': 'register', 'address': 'agentbus.agent.acme.devops'}");
      auditor.send("{'type': 'register', 'address': 'agentbus.event.infra.*'}");
      var asked = call(auditor, "enqueue_job", "{'subject': 'infra.check', 'target_agent': 'devops', 'payload': {'host': 'db1'}}");

      var request = devops.next();
      var job = request.get("body");
      assertThat(job.get("id")).isEqualTo(asked.get("id"));
      assertThat(job.at("/payload/host").asText()).isEqualTo("db1");
      devops.send("{'type': 'send', 'address': " + request.get("replyAddress") + ", 'body': {}}");
      call(devops, "complete_job", "{'job_id': " + job.get("id") + ", 'fence': " + job.get("fence")
          + ", 'events': [{'topic': 'infra.checked', 'payload': {'host': 'db1'}}]}");

      assertThat(auditor.next().at("/body/topic").asText()).isEqualTo("infra.checked");
      assertThat(call(auditor, "get_job", "{'job_id': " + job.get("id") + "}").get("status").asText()).isEqualTo("succeeded");
    }
  }
}
