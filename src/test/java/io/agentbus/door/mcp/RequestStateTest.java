package io.agentbus.door.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.crypto.StateSeal;
import io.agentbus.door.mcp.conformance.ConformanceServer;
import io.agentbus.door.mcp.legacy.Sessions;
import io.agentbus.door.mcp.wire.Callers;
import io.agentbus.http.Exchange;
import io.agentbus.http.Site;
import io.agentbus.http.TestServer;
import io.agentbus.op.Caller;
import io.agentbus.op.Right;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The state that a client carries from a question to its answer: whose it is, and for how long. */
@Timeout(60)
class RequestStateTest {
  private static final String TOOL = "{'name': 'test_input_required_result_request_state'";
  private Instant now = Instant.parse("2026-07-28T12:00:00Z");
  private TestServer web;
  private McpClient ada;
  private McpClient eve;

  @BeforeEach
  void open() {
    var clock = new Clock() {
      @Override
      public ZoneId getZone() {
        return ZoneOffset.UTC;
      }

      @Override
      public Clock withZone(ZoneId zone) {
        return this;
      }

      @Override
      public Instant instant() {
        return now;
      }
    };
    var site = new Site();
    new McpDoor(ConformanceServer.fixtures(), new Callers(RequestStateTest::callerOf), StateSeal.ofProcess(clock),
        Sessions.Limits.DEFAULT).mount(site);
    web = new TestServer(site);
    ada = new McpClient(web.server.baseUrl() + "/mcp", "ada").declaring("{'elicitation': {}}");
    eve = new McpClient(web.server.baseUrl() + "/mcp", "eve").declaring("{'elicitation': {}}");
  }

  @AfterEach
  void close() throws Exception {
    ada.close();
    eve.close();
    web.close();
  }

  private static Caller callerOf(Exchange exchange) {
    var token = exchange.request().getHeader("Authorization").substring(7);
    return new Caller(UUID.nameUUIDFromBytes(token.getBytes()), token, null, List.of(), EnumSet.noneOf(Right.class));
  }

  private String stateOfAda() throws Exception {
    return ada.modern("tools/call", TOOL + "}").result().get("requestState").asText();
  }

  private static Answered answer(McpClient client, String state) throws Exception {
    var answers = "{'confirm': {'action': 'accept', 'content': {'ok': true}}}";
    return client.modern("tools/call", TOOL + ", 'inputResponses': " + answers + ", 'requestState': '" + state + "'}");
  }

  @Test
  void a_state_is_good_for_its_caller_only() throws Exception {
    var state = stateOfAda();
    assertThat(answer(eve, state).code()).isEqualTo(-32602);
    assertThat(answer(ada, state).said()).isEqualTo("state-ok");
  }

  @Test
  void a_state_is_good_for_ten_minutes() throws Exception {
    var state = stateOfAda();
    now = now.plus(Duration.ofMinutes(9));
    assertThat(answer(ada, state).said()).isEqualTo("state-ok");
    now = now.plus(Duration.ofSeconds(61));
    assertThat(answer(ada, state).code()).isEqualTo(-32602);
  }

  @Test
  void no_state_can_be_changed() throws Exception {
    var state = stateOfAda();
    for (var at = 0; at < state.length(); at += 7) {
      var changed = state.substring(0, at) + (state.charAt(at) == 'A' ? 'B' : 'A') + state.substring(at + 1);
      assertThat(answer(ada, changed).code()).as("place %d", at).isEqualTo(-32602);
    }
    for (var other : new String[] {"", "AAAA", "%%%", state + "A", state.substring(0, 40)}) {
      assertThat(answer(ada, other).code()).as(other).isEqualTo(-32602);
    }
  }
}
