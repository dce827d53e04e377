package io.agentbus.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.GetPromptRequest;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceRequest;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The official Java client, which knows sessions only, with the real catalogue. */
@Timeout(90)
class JavaSdkTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static McpNode node;

  @BeforeAll
  static void open() {
    node = new McpNode(DATABASE);
  }

  @AfterAll
  static void close() throws Exception {
    node.close();
  }

  private static McpSyncClient client(String token, Duration patience, List<Double> progress) {
    var transport = HttpClientStreamableHttpTransport.builder(node.web.server.baseUrl()).endpoint(McpDoor.PATH)
        .httpRequestCustomizer((builder, method, uri, body, context) -> builder.header("Authorization", "Bearer " + token))
        .build();
    return io.modelcontextprotocol.client.McpClient.sync(transport).requestTimeout(patience)
        .progressConsumer(told -> progress.add(told.progress())).build();
  }

  private static CallToolResult call(McpSyncClient client, String tool, Map<String, Object> arguments) {
    return client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
  }

  @Test
  void it_lists_calls_reads_and_hears_refusals() {
    var token = node.agentToken("default", "java-sdk");
    try (var client = client(token, Duration.ofSeconds(20), new CopyOnWriteArrayList<>())) {
      assertThat(client.initialize().protocolVersion()).isEqualTo("2025-11-25");
      assertThat(client.listTools().tools()).extracting(Tool::name).contains("claim_jobs", "complete_job");
      var me = call(client, "whoami", Map.of());
      assertThat(me.isError()).isNotEqualTo(true);
      assertThat((Map<?, ?>) me.structuredContent()).extracting("name").isEqualTo("java-sdk");
      var refused = call(client, "enqueue_job", Map.of("subjekt", "s"));
      assertThat(refused.isError()).isTrue();
      assertThat(((TextContent) refused.content().getFirst()).text()).startsWith("invalid_input: ").contains("subject");
      assertThat(client.readResource(new ReadResourceRequest("agentbus://glossary")).contents()).hasSize(1);
      assertThat(client.getPrompt(new GetPromptRequest("worker_contract", Map.of())).messages()).hasSize(1);
    }
  }

  @Test
  void without_a_good_token_it_does_not_come_in() {
    try (var client = client("aba_wrong", Duration.ofSeconds(10), new CopyOnWriteArrayList<>())) {
      assertThatThrownBy(client::initialize).isInstanceOf(RuntimeException.class);
    }
  }

  @Test
  void a_long_poll_reports_and_gives_up_without_losing_a_job() {
    var token = node.agentToken("default", "java-poll");
    var progress = new CopyOnWriteArrayList<Double>();
    try (var client = client(token, Duration.ofSeconds(7), progress)) {
      client.initialize();
      var claim = CallToolRequest.builder("claim_jobs").arguments(Map.of("wait_seconds", 40)).progressToken("p").build();
      assertThatThrownBy(() -> client.callTool(claim)).hasStackTraceContaining("Timeout");
      assertThat(progress).isNotEmpty();
    }
    await().atMost(Duration.ofSeconds(20)).until(() -> node.web.server.requestsInProgress() == 0);
    var job = node.bus.call(TestBus.operator(), "enqueue_job", "{\"subject\": \"s\", \"target_agent\": \"java-poll\"}");
    try (var client = client(token, Duration.ofSeconds(20), progress)) {
      client.initialize();
      var claimed = call(client, "claim_jobs", Map.of());
      assertThat(claimed.structuredContent().toString()).contains(job.get("id").asText());
    }
  }
}
