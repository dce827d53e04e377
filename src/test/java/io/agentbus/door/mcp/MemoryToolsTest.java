package io.agentbus.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Json;
import io.agentbus.testkit.PgDatabase;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An MCP client of ai-memory finds its tools by their names and reads their answers as JSON text. */
@Timeout(60)
class MemoryToolsTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  /** Each tool with the parameters that ai-memory v0.6.3.1 knows. */
  private static final Map<String, List<String>> TOOLS = Map.ofEntries(
      Map.entry("memory_store", List.of("title", "content", "tier", "namespace", "tags", "priority", "confidence", "source", "metadata", "agent_id", "scope",
          "on_conflict")),
      Map.entry("memory_recall", List.of("context", "namespace", "limit", "tags", "since", "until", "as_agent", "budget_tokens", "context_tokens", "format")),
      Map.entry("memory_search", List.of("query", "namespace", "tier", "limit", "agent_id", "as_agent", "format")),
      Map.entry("memory_list", List.of("namespace", "tier", "limit", "agent_id", "format")),
      Map.entry("memory_get", List.of("id")), Map.entry("memory_delete", List.of("id")),
      Map.entry("memory_update", List.of("id", "title", "content", "tier", "namespace", "tags", "priority", "confidence", "expires_at", "metadata")),
      Map.entry("memory_promote", List.of("id", "to_namespace")), Map.entry("memory_link", List.of("source_id", "target_id", "relation")),
      Map.entry("memory_kg_timeline", List.of("source_id", "since", "until", "limit")),
      Map.entry("memory_kg_query", List.of("source_id", "max_depth", "valid_at", "allowed_agents", "limit")),
      Map.entry("memory_kg_invalidate", List.of("source_id", "target_id", "relation", "valid_until")),
      Map.entry("memory_notify", List.of("target_agent_id", "title", "payload", "priority", "tier")),
      Map.entry("memory_inbox", List.of("agent_id", "unread_only", "limit")),
      Map.entry("memory_subscribe", List.of("url", "events", "secret", "namespace_filter", "agent_filter", "event_types")),
      Map.entry("memory_unsubscribe", List.of("id")), Map.entry("memory_list_subscriptions", List.of()),
      Map.entry("memory_capabilities", List.of("accept")),
      Map.entry("memory_agent_register", List.of("agent_id", "agent_type", "capabilities")),
      Map.entry("memory_pending_list", List.of("status", "limit")), Map.entry("memory_pending_approve", List.of("id")),
      Map.entry("memory_pending_reject", List.of("id")),
      Map.entry("memory_namespace_set_standard", List.of("namespace", "id", "parent", "governance")));
  private static McpNode node;

  @BeforeAll
  static void open() {
    node = new McpNode(DATABASE);
  }

  @AfterAll
  static void close() throws Exception {
    node.close();
  }

  @Test
  void an_agent_is_offered_every_tool_with_its_parameters() throws Exception {
    try (var client = node.agent("ai:reader@host")) {
      var tools = client.modern("tools/list", "{}").result().get("tools");
      TOOLS.forEach((name, parameters) -> {
        JsonNode found = null;
        for (var tool : tools) {
          found = tool.get("name").asText().equals(name) ? tool : found;
        }
        assertThat(found).as(name).isNotNull();
        assertThat(found.at("/inputSchema/properties").properties().stream().map(property -> property.getKey())).as(name).containsAll(parameters);
      });
    }
  }

  @Test
  void a_client_of_an_older_revision_stores_finds_and_tells() throws Exception {
    try (var orchestrator = node.agent("ai:orchestrator@host"); var worker = node.agent("worker-7")) {
      orchestrator.initialize("2025-06-18");
      worker.initialize("2025-06-18");
      var stored = text(call(worker, "memory_store", "{'title': 'verdict', 'content': 'all green', 'namespace': 'release/v0.6.3/phase4', 'tags': ['gate']}"));
      assertThat(stored.get("namespace").asText()).isEqualTo("release/v0.6.3/phase4");
      assertThat(stored.get("agent_id").asText()).isEqualTo("worker-7");
      assertThat(text(call(orchestrator, "memory_search", "{'query': 'green', 'namespace': 'release/v0.6.3/*'}")).at("/results/0/title").asText())
          .isEqualTo("verdict");
      assertThat(text(call(orchestrator, "memory_recall", "{'context': 'what was green?', 'format': 'toon_compact'}")).at("/memories/0/id"))
          .isEqualTo(stored.get("id"));
      var taken = call(worker, "memory_store", "{'title': 'verdict', 'content': 'again', 'namespace': 'release/v0.6.3/phase4', 'on_conflict': 'error'}");
      assertThat(taken.get("isError").asBoolean()).isTrue();
      assertThat(taken.at("/content/0/text").asText()).startsWith("CONFLICT:");
      text(call(worker, "memory_notify", "{'target_agent_id': 'ai:orchestrator@host', 'title': 'Phase 4', 'payload': 'green', 'priority': 8}"));
      var inbox = text(call(orchestrator, "memory_inbox", "{'unread_only': true}"));
      assertThat(inbox.at("/messages/0/from").asText()).isEqualTo("worker-7");
      assertThat(text(call(orchestrator, "memory_capabilities", "{'accept': 'v2'}")).get("schema_version").asText()).isEqualTo("2");
    }
  }

  private static JsonNode call(McpClient client, String tool, String arguments) throws Exception {
    return client.call("tools/call", "{'name': '" + tool + "', 'arguments': " + arguments + "}").result();
  }

  private static JsonNode text(JsonNode result) throws Exception {
    assertThat(result.path("isError").asBoolean()).as(result.toString()).isFalse();
    return Json.MAPPER.readTree(result.at("/content/0/text").asText());
  }
}
