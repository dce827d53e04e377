package io.agentbus.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.crypto.StateSeal;
import io.agentbus.door.mcp.conformance.ConformanceServer;
import io.agentbus.door.mcp.legacy.Sessions;
import io.agentbus.door.mcp.wire.Callers;
import io.agentbus.http.Site;
import io.agentbus.http.TestServer;
import io.agentbus.op.Caller;
import io.agentbus.op.Right;
import java.net.http.HttpRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions: who has them, how long, and what breaks and goes on in them. */
@Timeout(60)
class SessionTest {
  private static TestServer web;
  private McpClient client;

  @BeforeAll
  static void open() {
    web = serve(new Sessions.Limits(Duration.ofMinutes(10), 6, 3));
  }

  /** Takes any token, which is the name of its owner. */
  private static TestServer serve(Sessions.Limits limits) {
    var site = new Site();
    new McpDoor(ConformanceServer.fixtures(), new Callers(exchange -> {
      var token = exchange.request().getHeader("Authorization").substring(7);
      return new Caller(UUID.nameUUIDFromBytes(token.getBytes()), token, null, List.of(), EnumSet.noneOf(Right.class));
    }), StateSeal.ofProcess(Clock.systemUTC()), limits).mount(site);
    return new TestServer(site);
  }

  @AfterAll
  static void close() throws Exception {
    web.close();
  }

  @BeforeEach
  void connect() {
    client = of(UUID.randomUUID().toString());
  }

  @AfterEach
  void leave() throws Exception {
    if (!client.session().isEmpty()) {
      client.send(client.bare("DELETE").build());
    }
    client.close();
  }

  private static McpClient of(String owner) {
    return new McpClient(web.server.baseUrl() + "/mcp", owner);
  }

  @ParameterizedTest
  @CsvSource({"2025-11-25, 2025-11-25", "2025-06-18, 2025-06-18", "2025-03-26, 2025-03-26", "2024-11-05, 2024-11-05",
      "1999-01-01, 2025-11-25", "2026-07-28, 2025-11-25"})
  void a_session_speaks_the_revision_asked_for_or_the_newest_that_has_sessions(String asked, String spoken) throws Exception {
    var answer = client.initialize(asked);
    // Nobody but a client of the modern era sends that header with initialize.
    assertThat(answer.result().get("protocolVersion").asText()).isEqualTo(spoken);
    assertThat(client.session()).matches("[\\x21-\\x7e]{43}");
  }

  @Test
  void a_request_names_a_session_that_is_there() throws Exception {
    assertThat(client.call("tools/list", "{}").status()).isEqualTo(400);
    client.initialize("2025-11-25");
    assertThat(client.tell("notifications/initialized", "{}").status()).isEqualTo(202);
    assertThat(client.call("ping", "{}").result().size()).isZero();
    assertThat(client.call("nonsense", "{}").code()).isEqualTo(-32601);
    assertThat(client.call("initialize", "{}").status()).isEqualTo(400);
    assertThat(client.send(client.bare("DELETE").build()).status()).isEqualTo(204);
    assertThat(client.call("ping", "{}").status()).isEqualTo(404);
    assertThat(client.send(client.bare("DELETE").build()).status()).isEqualTo(404);
  }

  @Test
  void a_session_belongs_to_who_began_it() throws Exception {
    client.initialize("2025-11-25");
    try (var other = of("other")) {
      for (var method : List.of("GET", "DELETE")) {
        assertThat(other.send(other.bare(method, "Mcp-Session-Id", client.session()).build()).status()).isEqualTo(404);
      }
      assertThat(other.send(other.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
          Map.of("Mcp-Session-Id", client.session()))).status()).isEqualTo(404);
    }
    assertThat(client.call("ping", "{}").status()).isEqualTo(200);
  }

  @Test
  void a_version_that_is_not_served_is_refused() throws Exception {
    client.initialize("2025-11-25");
    var request = client.bare("GET", "MCP-Protocol-Version", "1999-01-01").build();
    assertThat(client.send(request).status()).isEqualTo(400);
    assertThat(client.send(client.bare("GET", "MCP-Protocol-Version", "2026-07-28").build()).status()).isEqualTo(405);
  }

  @Test
  void an_idle_session_ends() throws Exception {
    var impatient = serve(new Sessions.Limits(Duration.ofMillis(100), 6, 3));
    try (var idle = new McpClient(impatient.server.baseUrl() + "/mcp", "idle")) {
      idle.initialize("2025-11-25");
      await().pollDelay(Duration.ofMillis(200)).pollInterval(Duration.ofMillis(200))
          .until(() -> idle.call("ping", "{}").status() == 404);
    } finally {
      impatient.close();
    }
  }

  @Test
  void one_session_too_many_ends_the_oldest_of_the_same_caller() throws Exception {
    var owner = "busy";
    try (var first = of(owner); var second = of(owner); var third = of(owner); var fourth = of(owner)) {
      for (var one : List.of(first, second, third, fourth)) {
        one.initialize("2025-11-25");
      }
      assertThat(first.call("ping", "{}").status()).isEqualTo(404);
      for (var one : List.of(second, third, fourth)) {
        assertThat(one.call("ping", "{}").status()).isEqualTo(200);
        one.send(one.bare("DELETE").build());
      }
    }
  }

  @Test
  void a_node_keeps_only_so_many_sessions() throws Exception {
    var clients = new ArrayList<McpClient>();
    try {
      Answered last = null;
      for (var at = 0; at < 12; at++) {
        var one = of("crowd" + at);
        clients.add(one);
        last = one.initialize("2025-11-25");
      }
      assertThat(last.status()).isEqualTo(429);
      assertThat(last.headers().firstValue("retry-after")).isPresent();
    } finally {
      for (var one : clients) {
        if (!one.session().isEmpty()) {
          one.send(one.bare("DELETE").build());
        }
        one.close();
      }
    }
  }

  @Test
  void only_one_revision_has_batches() throws Exception {
    var batch = "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"},{\"jsonrpc\":\"2.0\",\"method\":\"notifications/x\"},"
        + "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"tools/call\",\"params\":{\"name\":\"greet\",\"arguments\":{\"name\":\"you\"}}}]";
    client.initialize("2025-11-25");
    assertThat(client.post(batch).status()).isEqualTo(400);
    client.initialize("2025-03-26");
    var answers = client.post(batch).answer();
    assertThat(answers).hasSize(2);
    assertThat(answers.findValuesAsText("id")).containsExactlyInAnyOrder("1", "2");
    assertThat(client.post("[" + "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"},".repeat(51).replaceFirst(",$", "]"))
        .status()).isEqualTo(400);
    assertThat(client.post("[]").status()).isEqualTo(400);
  }

  @Test
  void a_stream_whose_connection_broke_goes_on_where_it_was() throws Exception {
    client.initialize("2025-11-25");
    var id = "";
    try (var events = client.open(request(7, "test_tool_with_progress", true))) {
      assertThat(events.primed()).matches("\\d+-0");
      assertThat(events.next().at("/params/progress").asInt()).isZero();
      id = events.id();
    }
    try (var rest = client.open(client.bare("GET", "Last-Event-ID", id).build())) {
      assertThat(rest.next().at("/params/progress").asInt()).isEqualTo(50);
      assertThat(rest.next().at("/params/progress").asInt()).isEqualTo(100);
      var answer = rest.next();
      assertThat(answer.get("id").asInt()).isEqualTo(7);
      assertThat(answer.at("/result/content/0/text").asText()).isEqualTo("All done.");
      id = rest.id();
      assertThat(rest.next()).isNull();
    }
    assertThat(client.send(client.bare("GET", "Last-Event-ID", id).build()).status()).isEqualTo(204);
    assertThat(client.send(client.bare("GET", "Last-Event-ID", "nonsense").build()).status()).isEqualTo(400);
  }

  @Test
  void nobody_reads_a_stream_of_another_session() throws Exception {
    client.initialize("2025-11-25");
    var id = "";
    try (var events = client.open(request(7, "test_tool_with_progress", true))) {
      id = events.primed();
    }
    try (var second = of("second")) {
      second.initialize("2025-11-25");
      assertThat(second.send(second.bare("GET", "Last-Event-ID", id).build()).status()).isEqualTo(204);
    }
  }

  @Test
  void older_revisions_get_no_event_without_data() throws Exception {
    client.initialize("2025-06-18");
    try (var events = client.open(request(7, "test_tool_with_progress", true))) {
      assertThat(events.primed()).isEmpty();
    }
  }

  @Test
  void a_cancelled_request_gets_no_answer() throws Exception {
    client.initialize("2025-11-25");
    var call = client.callLater(9, "tools/call", "{'name': 'slow_compute', 'arguments': {'seconds': 3}}");
    await().pollInterval(Duration.ofMillis(50)).until(() -> {
      client.tell("notifications/cancelled", "{'requestId': 9}");
      return call.isDone();
    });
    var answer = call.get(10, TimeUnit.SECONDS);
    assertThat(answer.text()).doesNotContain("result").doesNotContain("error");
  }

  @Test
  void what_was_taken_for_a_session_that_has_ended_is_given_back() throws Exception {
    client.initialize("2025-11-25");
    client.callLater(9, "tools/call", "{'name': 'take_when_left'}");
    await().until(() -> web.server.openStreams() == 1);
    client.send(client.bare("DELETE").build());
    client.initialize("2025-11-25");
    await().until(() -> client.call("tools/call", "{'name': 'given_back'}").said().equals("1"));
  }

  @Test
  void an_id_can_be_under_way_once_only() throws Exception {
    client.initialize("2025-11-25");
    try (var first = client.open(request(5, "test_tool_with_progress", true))) {
      first.primed();
      assertThat(client.callLater(5, "tools/call", "{'name': 'greet'}").get(10, TimeUnit.SECONDS).code()).isEqualTo(-32600);
    }
  }

  @Test
  void a_session_has_one_common_stream() throws Exception {
    client.initialize("2025-11-25");
    try (var events = client.open(client.bare("GET").build())) {
      assertThat(events.primed()).isEqualTo("0-0");
      assertThat(client.send(client.bare("GET").build()).status()).isEqualTo(409);
      client.call("tools/call", "{'name': 'test_trigger_tool_change'}");
      assertThat(events.next().get("method").asText()).isEqualTo("notifications/tools/list_changed");
      client.call("tools/call", "{'name': 'test_trigger_prompt_change'}");
      assertThat(events.next().get("method").asText()).isEqualTo("notifications/prompts/list_changed");
      client.send(client.bare("DELETE").build());
      assertThat(events.next()).isNull();
    }
  }

  @Test
  void what_changes_while_nobody_listens_is_told_to_who_comes_back() throws Exception {
    client.initialize("2025-11-25");
    client.call("resources/subscribe", "{'uri': 'test://watched-resource'}");
    client.call("tools/call", "{'name': 'test_trigger_tool_change'}");
    try (var events = client.open(client.bare("GET", "Last-Event-ID", "0-3").build())) {
      events.primed();
      assertThat(events.next().get("method").asText()).isEqualTo("notifications/tools/list_changed");
    }
  }

  @Test
  void no_event_of_a_session_has_the_id_of_another() throws Exception {
    client.initialize("2025-11-25");
    var ids = new ArrayList<String>();
    for (var connections = 0; connections < 2; connections++) {
      try (var events = client.open(client.bare("GET").build())) {
        ids.add(events.primed());
        client.call("tools/call", "{'name': 'test_trigger_tool_change'}");
        events.next();
        ids.add(events.id());
      }
      // The node notices a little later that nobody listens.
      await().until(() -> web.server.openStreams() == 0);
    }
    assertThat(ids).doesNotHaveDuplicates().hasSize(4);
  }

  @Test
  void a_refusal_names_its_request_whatever_the_reason() throws Exception {
    client.initialize("2025-11-25");
    var ping = "{\"jsonrpc\":\"2.0\",\"id\":\"mine\",\"method\":\"ping\"}";
    for (var headers : List.of(Map.of("Mcp-Session-Id", "nobody's"), Map.of("MCP-Protocol-Version", "1999-01-01"),
        Map.<String, String>of())) {
      var refused = client.send(client.post(ping, headers));
      assertThat(refused.status()).isBetween(400, 404);
      assertThat(refused.answer().path("id").asText()).as(refused.text()).isEqualTo("mine");
    }
    assertThat(client.send(client.post("[" + ping + "]", Map.of())).status()).isEqualTo(400);
  }

  @Test
  void a_client_that_cannot_be_asked_is_told_so_by_the_tool() throws Exception {
    client.initialize("2025-11-25");
    var result = client.call("tools/call", "{'name': 'test_elicitation', 'arguments': {'message': 'm'}}").result();
    assertThat(result.get("isError").asBoolean()).isTrue();
    assertThat(result.at("/content/0/text").asText()).contains("elicitation/create");
  }

  @Test
  void a_question_is_asked_on_the_stream_of_its_request() throws Exception {
    client.declaring("{'elicitation': {}}").initialize("2025-11-25");
    try (var events = client.open(request(3, "test_elicitation", false))) {
      var question = events.next();
      assertThat(question.get("method").asText()).isEqualTo("elicitation/create");
      assertThat(client.post("{\"jsonrpc\":\"2.0\",\"id\":" + question.get("id")
          + ",\"result\":{\"action\":\"accept\",\"content\":{\"username\":\"ada\"}}}").status()).isEqualTo(202);
      assertThat(events.next().at("/result/content/0/text").asText()).contains("accept").contains("ada");
    }
  }

  @Test
  void a_client_of_a_session_takes_both_forms_of_answers() throws Exception {
    client.initialize("2025-11-25");
    assertThat(client.send(client.post("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}",
        Map.of("Mcp-Session-Id", client.session(), "Accept", "application/json"))).status()).isEqualTo(406);
  }

  @Test
  void the_level_of_messages_is_the_sessions() throws Exception {
    client.initialize("2025-11-25");
    assertThat(client.call("tools/call", "{'name': 'test_tool_with_logging'}").messages()).hasSize(4);
    client.call("logging/setLevel", "{'level': 'error'}");
    assertThat(client.call("tools/call", "{'name': 'test_tool_with_logging'}").messages()).hasSize(1);
    assertThat(client.call("logging/setLevel", "{'level': 'loud'}").code()).isEqualTo(-32602);
  }

  private HttpRequest request(int id, String tool, boolean progress) {
    var body = "{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"method\":\"tools/call\",\"params\":{\"name\":\"" + tool + "\""
        + (progress ? ",\"_meta\":{\"progressToken\":\"p\"}" : "") + "}}";
    return client.post(body, Map.of("Mcp-Session-Id", client.session()));
  }
}
