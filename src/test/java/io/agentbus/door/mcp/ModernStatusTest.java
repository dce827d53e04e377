package io.agentbus.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.door.mcp.conformance.ConformanceServer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Status and code of everything that can be wrong with a request without a session. */
@Timeout(30)
class ModernStatusTest {
  private static ConformanceServer server;
  private static McpClient client;

  @BeforeAll
  static void open() throws Exception {
    server = new ConformanceServer(0);
    client = new McpClient(server.url(), "");
  }

  @AfterAll
  static void close() throws Exception {
    client.close();
    server.close();
  }

  private static Answered raw(String body, String... headers) throws Exception {
    var all = new HashMap<>(Map.of("MCP-Protocol-Version", McpClient.MODERN, "Mcp-Method", "tools/list"));
    for (var at = 0; at < headers.length; at += 2) {
      all.put(headers[at], headers[at + 1]);
    }
    return client.send(client.post(body.replace('\'', '"'), all));
  }

  private static void assertRefused(Answered answer, int status, int code) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(status);
    assertThat(answer.code()).as(answer.text()).isEqualTo(code);
  }

  @Test
  void what_is_no_message_is_refused_as_such() throws Exception {
    assertRefused(raw("{'jsonrpc': "), 400, -32700);
    assertRefused(raw(""), 400, -32700);
    assertRefused(raw("{'a': 1, 'a': 2}"), 400, -32700);
    assertRefused(raw("[".repeat(70) + "]".repeat(70)), 400, -32700);
    assertRefused(raw("[]"), 400, -32600);
    assertRefused(raw("[{'jsonrpc': '2.0', 'id': 1, 'method': 'tools/list'}]"), 400, -32600);
    assertRefused(raw("{'id': 1, 'method': 'tools/list'}"), 400, -32600);
    assertRefused(raw("{'jsonrpc': '2.0', 'id': null, 'method': 'tools/list'}"), 400, -32600);
    assertRefused(raw("{'jsonrpc': '2.0', 'id': 1.5, 'method': 'tools/list'}"), 400, -32600);
    assertRefused(raw("{'jsonrpc': '2.0', 'id': 1, 'method': 'tools/list', 'params': []}"), 400, -32600);
    assertRefused(raw("{'jsonrpc': '2.0', 'id': 1, 'result': {}}"), 400, -32600);
  }

  @Test
  void a_refusal_carries_the_id_of_its_request() throws Exception {
    assertThat(raw("{'jsonrpc': '2.0', 'id': 'seven', 'method': 'tools/list'}").answer().get("id").asText()).isEqualTo("seven");
    assertThat(raw("{'jsonrpc': '2.0', 'id': 7, 'method': 'tools/list', 'params': []}").answer().get("id").asInt()).isEqualTo(7);
    assertThat(raw("{'jsonrpc': '1', 'method': 'tools/list'}").answer().has("id")).isFalse();
  }

  @Test
  void metadata_must_be_there_and_headers_must_say_the_same() throws Exception {
    assertRefused(raw("{'jsonrpc': '2.0', 'id': 1, 'method': 'tools/list'}"), 400, -32602);
    assertRefused(client.modern("tools/list", "{}", Map.of("MCP-Protocol-Version", "")), 400, -32020);
    assertRefused(client.modern("tools/list", "{}", Map.of("MCP-Protocol-Version", "2025-11-25")), 400, -32020);
    assertRefused(client.modern("tools/list", "{}", Map.of("Mcp-Method", "")), 400, -32020);
    assertRefused(client.modern("tools/list", "{}", Map.of("Mcp-Method", "TOOLS/LIST")), 400, -32020);
    assertRefused(client.modern("tools/call", "{'name': 'greet'}", Map.of("Mcp-Name", "")), 400, -32020);
    assertRefused(client.modern("tools/call", "{'name': 'greet'}", Map.of("Mcp-Name", "other")), 400, -32020);
    assertRefused(client.modern("tools/call", "{'name': 'greet'}", Map.of("Mcp-Name", "=?base64?Z3JlZXQ?=")), 400, -32020);
    assertRefused(client.modern("resources/read", "{'uri': 'test://static-text'}", Map.of("Mcp-Name", "test://other")), 400,
        -32020);
  }

  @Test
  void a_name_may_come_encoded() throws Exception {
    var answer = client.modern("tools/call", "{'name': 'greet', 'arguments': {'name': 'you'}}",
        Map.of("Mcp-Name", "=?base64?Z3JlZXQ=?="));
    assertThat(answer.said()).isEqualTo("Hello, you!");
  }

  @Test
  void an_argument_and_the_header_that_mirrors_it_must_agree() throws Exception {
    var call = "{'name': 'test_header_parameter', 'arguments': {'region': 'eu'}}";
    assertRefused(client.modern("tools/call", call), 400, -32020);
    assertRefused(client.modern("tools/call", call, Map.of("Mcp-Param-Region", "us")), 400, -32020);
    assertThat(client.modern("tools/call", call, Map.of("mcp-param-region", "eu")).said()).contains("eu");
    assertRefused(client.modern("tools/call", "{'name': 'test_header_parameter', 'arguments': {'region': null}}",
        Map.of("Mcp-Param-Region", "us")), 400, -32020);
    assertThat(client.modern("tools/call", "{'name': 'test_header_parameter'}").status()).isEqualTo(200);
  }

  @Test
  void another_version_is_told_which_are_served() throws Exception {
    var answer = raw("{'jsonrpc': '2.0', 'id': 1, 'method': 'tools/list', 'params': {'_meta': {"
        + "'io.modelcontextprotocol/protocolVersion': '2027-01-01', 'io.modelcontextprotocol/clientCapabilities': {}}}}",
        "MCP-Protocol-Version", "2027-01-01");
    assertRefused(answer, 400, -32022);
    assertThat(answer.error().at("/data/requested").asText()).isEqualTo("2027-01-01");
    assertThat(answer.error().at("/data/supported").toString())
        .isEqualTo("[\"2026-07-28\",\"2025-11-25\",\"2025-06-18\",\"2025-03-26\"]");
  }

  @Test
  void methods_of_sessions_are_none_here() throws Exception {
    for (var method : List.of("initialize", "ping", "logging/setLevel", "resources/subscribe", "tasks/list", "nonsense")) {
      assertRefused(client.modern(method, "{}"), 404, -32601);
    }
  }

  @Test
  void wrong_parameters_of_a_good_request_are_told_with_200() throws Exception {
    assertRefused(client.modern("tools/call", "{'name': 'nonsense'}"), 200, -32602);
    assertRefused(client.modern("tools/call", "{'arguments': {}}"), 200, -32602);
    assertRefused(client.modern("tools/list", "{'cursor': 'x'}"), 200, -32602);
    var missing = client.modern("resources/read", "{'uri': 'test://nothing'}");
    assertRefused(missing, 200, -32602);
    assertThat(missing.error().at("/data/uri").asText()).isEqualTo("test://nothing");
  }

  @Test
  void what_the_client_cannot_be_asked_is_told_as_a_capability() throws Exception {
    var answer = client.modern("tools/call", "{'name': 'test_missing_capability'}");
    assertRefused(answer, 400, -32021);
    assertThat(answer.error().at("/data/requiredCapabilities").toString()).isEqualTo("{\"sampling\":{}}");
    assertRefused(client.modern("tasks/get", "{'taskId': 'x'}"), 400, -32021);
  }

  @Test
  void a_state_is_good_for_its_request_only() throws Exception {
    try (var asked = new McpClient(server.url(), "").declaring("{'elicitation': {}}")) {
      var first = asked.modern("tools/call", "{'name': 'test_input_required_result_request_state'}").result();
      assertThat(first.get("resultType").asText()).isEqualTo("input_required");
      var answers = "'inputResponses': {'confirm': {'action': 'accept', 'content': {'ok': true}}}, 'requestState': '"
          + first.get("requestState").asText() + "'}";
      assertRefused(asked.modern("tools/call", "{'name': 'test_input_required_result_tampered_state', " + answers), 200, -32602);
      assertRefused(asked.modern("tools/call", "{'name': 'test_input_required_result_request_state', 'arguments': {'a': 1}, "
          + answers), 200, -32602);
      assertThat(asked.modern("tools/call", "{'name': 'test_input_required_result_request_state', " + answers).said())
          .isEqualTo("state-ok");
    }
  }

  @Test
  void other_methods_and_types_are_refused_by_http() throws Exception {
    var get = client.send(client.bare("GET").build());
    assertThat(get.status()).isEqualTo(405);
    assertThat(get.headers().firstValue("Allow")).hasValue("POST");
    assertThat(client.send(client.bare("DELETE").build()).status()).isEqualTo(405);
    assertThat(client.send(client.bare("PUT").build()).status()).isEqualTo(405);
    assertThat(raw("{}", "Content-Type", "text/plain").status()).isEqualTo(415);
    assertThat(raw("{}", "Accept", "text/html").status()).isEqualTo(406);
    assertThat(raw("{'jsonrpc': '2.0', 'method': 'notifications/anything'}").status()).isEqualTo(202);
  }

  @Test
  void every_result_says_its_type_and_who_answers() throws Exception {
    for (var method : List.of("server/discover", "tools/list", "prompts/list", "resources/list", "resources/templates/list")) {
      var result = client.modern(method, "{}").result();
      assertThat(result.get("resultType").asText()).isEqualTo("complete");
      assertThat(result.at("/_meta/io.modelcontextprotocol~1serverInfo/name").asText()).isNotEmpty();
      assertThat(result.get("ttlMs").asInt()).isNotNegative();
      assertThat(result.get("cacheScope").asText()).isEqualTo("private");
    }
  }

  @Test
  void progress_makes_the_answer_a_stream() throws Exception {
    var answer = client.modern("tools/call", "{'name': 'test_tool_with_progress', '_meta': {'progressToken': 'p'}}");
    assertThat(answer.headers().firstValue("content-type").orElse("")).startsWith("text/event-stream");
    assertThat(answer.headers().firstValue("x-accel-buffering")).hasValue("no");
    assertThat(answer.messages()).hasSize(4);
    assertThat(answer.ids()).isEmpty();
    assertThat(answer.messages().get(1).at("/params/progress").asInt()).isEqualTo(50);
  }

  @Test
  void a_client_that_takes_no_stream_gets_one_document() throws Exception {
    var answer = client.modern("tools/call", "{'name': 'test_tool_with_progress', '_meta': {'progressToken': 'p'}}",
        Map.of("Accept", "application/json"));
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/json");
    assertThat(answer.said()).isEqualTo("All done.");
  }
}
