package io.agentbus.door.mcp;

import static org.awaitility.Awaitility.await;

import io.agentbus.crypto.StateSeal;
import io.agentbus.door.mcp.conformance.ConformanceServer;
import io.agentbus.door.mcp.legacy.Sessions;
import io.agentbus.door.mcp.wire.Callers;
import io.agentbus.http.Exchange;
import io.agentbus.http.Site;
import io.agentbus.http.TestServer;
import io.agentbus.op.Caller;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Streams on which something always happens, and tokens that end meanwhile. */
@Timeout(60)
class RevokedStreamTest {
  private final Set<String> revoked = ConcurrentHashMap.newKeySet();
  private TestServer web;
  private McpClient listener;
  private McpClient other;

  @BeforeEach
  void open() throws Exception {
    var site = new Site();
    new McpDoor(ConformanceServer.fixtures(), new Callers(this::callerOf, Duration.ofMillis(100)),
        StateSeal.ofProcess(Clock.systemUTC()), Sessions.Limits.DEFAULT).mount(site);
    web = new TestServer(site);
    listener = new McpClient(web.server.baseUrl() + "/mcp", "listener");
    other = new McpClient(web.server.baseUrl() + "/mcp", "other");
    other.initialize("2025-11-25");
  }

  @AfterEach
  void close() throws Exception {
    listener.close();
    other.close();
    web.close();
  }

  private Caller callerOf(Exchange exchange) {
    var token = exchange.request().getHeader("Authorization").substring(7);
    if (revoked.contains(token)) {
      throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "The token was revoked.");
    }
    return new Caller(UUID.nameUUIDFromBytes(token.getBytes()), token, null, List.of(), EnumSet.noneOf(Right.class));
  }

  @Test
  void a_busy_stream_of_a_session_ends_with_its_token() throws Exception {
    listener.initialize("2025-11-25");
    try (var events = listener.open(listener.bare("GET").build())) {
      assertEndsWithToken(events);
    }
  }

  @Test
  void a_busy_subscription_ends_with_its_token() throws Exception {
    try (var events = listener.open(listener.modernRequest("subscriptions/listen",
        "{'notifications': {'toolsListChanged': true}}", Map.of()))) {
      assertEndsWithToken(events);
    }
  }

  private void assertEndsWithToken(Events events) throws Exception {
    other.call("tools/call", "{'name': 'test_trigger_tool_change'}");
    events.next();
    var reading = CompletableFuture.runAsync(() -> {
      try {
        while (events.next() != null) {
          // only its end matters
        }
      } catch (java.io.IOException cut) {
        throw new java.io.UncheckedIOException(cut);
      }
    });
    revoked.add("listener");
    await().atMost(Duration.ofSeconds(10)).pollInterval(Duration.ofMillis(50)).until(() -> {
      other.call("tools/call", "{'name': 'test_trigger_tool_change'}");
      return reading.isDone();
    });
  }
}
