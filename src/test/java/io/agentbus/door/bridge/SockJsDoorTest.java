package io.agentbus.door.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agentbus.door.bridge.BridgeNode.Transport;
import io.agentbus.http.RawClient;
import io.agentbus.testkit.PgDatabase;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocketHandshakeException;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SockJsDoorTest {
  @RegisterExtension
  static final PgDatabase database = new PgDatabase();
  private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private static BridgeNode node;
  private String name;
  private String token;

  @BeforeAll
  static void open() throws Exception {
    node = new BridgeNode(database);
  }

  @AfterAll
  static void close() throws Exception {
    node.close();
  }

  @BeforeEach
  void register() {
    name = "agent-" + UUID.randomUUID();
    token = node.agentToken("acme", name);
  }

  private String ticket() {
    return node.bus.call(node.bus.await(() -> node.bus.bus().authenticator().authenticate(token)), "create_ticket", "{}").get("ticket").asText();
  }

  private static int status(ExecutionException refused) {
    return ((WebSocketHandshakeException) refused.getCause()).getResponse().statusCode();
  }

  private static HttpResponse<String> call(String method, String path, String body, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + node.web.port() + "/eventbus" + path))
        .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    for (var i = 0; i < headers.length; i += 2) {
      request.header(headers[i], headers[i + 1]);
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  @Test
  void a_header_at_the_upgrade_says_who_comes() throws Exception {
    try (var client = new WebSocketClient(node.web.port(), "", token)) {
      assertThat(client.request("agentbus.op.whoami", "{}").at("/body/name").asText()).isEqualTo(name);
    }
    assertThatThrownBy(() -> new WebSocketClient(node.web.port(), "", "aba_" + "x".repeat(43)))
        .isInstanceOfSatisfying(ExecutionException.class, refused -> assertThat(status(refused)).isEqualTo(401));
  }

  @Test
  void a_websocket_gives_its_place_among_the_connections_back() throws Exception {
    try (var one = new WebSocketClient(node.web.port(), "", token); var other = node.connect(Transport.WEBSOCKET)) {
      assertThat(node.web.server.openConnections()).isGreaterThanOrEqualTo(2);
    }
    await().untilAsserted(() -> assertThat(node.web.server.openConnections()).as("idle ones are closed after a time").isZero());
  }

  @Test
  void a_ticket_in_the_address_lets_one_connection_in() throws Exception {
    var ticket = "?ticket=" + ticket();
    try (var client = new WebSocketClient(node.web.port(), ticket, "")) {
      assertThat(client.request("agentbus.op.whoami", "{}").at("/body/name").asText()).isEqualTo(name);
      assertThatThrownBy(() -> new WebSocketClient(node.web.port(), ticket, ""))
          .isInstanceOfSatisfying(ExecutionException.class, refused -> assertThat(status(refused)).isEqualTo(401));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "/", "/iframe.html", "/iframe-1.html", "/chunking_test", "/000/abc/jsonp", "/000/abc/jsonp_send", "/000/abc/htmlfile",
      "/000/a.c/xhr", "/x/y/z/websocket"})
  void what_nobody_needs_is_not_served(String path) throws Exception {
    assertThat(call("GET", path, "").statusCode()).isEqualTo(404);
    assertThat(call("POST", path, "[]").statusCode()).isEqualTo(404);
  }

  @Test
  void pages_of_foreign_origins_and_hosts_get_nowhere() throws Exception {
    for (var path : new String[] {"/info", "/websocket", "/000/abc/websocket", "/000/abc/xhr", "/000/abc/xhr_streaming", "/000/abc/xhr_send",
        "/000/abc/eventsource"}) {
      var method = path.contains("xhr") ? "POST" : "GET";
      assertThat(call(method, path, "", "Origin", "https://evil.example").statusCode()).as(path).isEqualTo(403);
      assertThat(call("OPTIONS", path, "", "Origin", "https://evil.example").statusCode()).as(path).isEqualTo(403);
      try (var raw = new RawClient(node.web.port())) {
        var upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
        raw.send(method + " /eventbus" + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + node.web.port() + "\r\nOrigin: http://evil.example\r\n" + upgrade);
        assertThat(raw.read().status()).as(path).isEqualTo(403);
        raw.send(method + " /eventbus" + path + " HTTP/1.1\r\nHost: evil.example\r\n" + upgrade);
        assertThat(raw.read().status()).as(path).isEqualTo(421);
      }
    }
  }

  @Test
  void a_page_of_the_node_itself_may_connect() throws Exception {
    var own = "http://127.0.0.1:" + node.web.port();
    var info = call("GET", "/info", "", "Origin", own);
    assertThat(info.statusCode()).isEqualTo(200);
    assertThat(info.headers().firstValue("Access-Control-Allow-Origin")).contains(own);
    assertThat(info.headers().firstValue("Set-Cookie")).isEmpty();
  }

  @Test
  void requests_that_come_and_go_carry_a_connection_too() throws Exception {
    var path = "/000/" + UUID.randomUUID();
    assertThat(call("POST", path + "/xhr", "").body()).isEqualTo("o\n");
    var login = "[\"{\\\"type\\\":\\\"send\\\",\\\"address\\\":\\\"agentbus.auth\\\",\\\"replyAddress\\\":\\\"r\\\",\\\"body\\\":{\\\"token\\\":\\\"" + token
        + "\\\"}}\"]";
    assertThat(call("POST", path + "/xhr_send", "[\"" + "x".repeat(10_000) + "\"]").statusCode()).as("a stranger's").isEqualTo(413);
    assertThat(call("POST", path + "/xhr_send", login).statusCode()).isEqualTo(204);
    assertThat(call("POST", path + "/xhr", "").body()).startsWith("a[").contains("agent:acme/" + name);
    assertThat(call("POST", path + "/xhr_send", "[\"" + " ".repeat(10_000) + "{}\"]").statusCode()).as("of who is known").isEqualTo(204);
    assertThat(call("POST", path + "/xhr_send", "[\"x".repeat(100_000)).statusCode()).isEqualTo(413);
  }

  @Test
  void a_connection_of_requests_is_opened_by_a_ticket_or_a_header_too() throws Exception {
    var path = "/000/" + UUID.randomUUID();
    var ticket = "?ticket=" + ticket();
    var whoami = "[\"{\\\"type\\\":\\\"send\\\",\\\"address\\\":\\\"agentbus.op.whoami\\\",\\\"replyAddress\\\":\\\"r\\\"}\"]";
    assertThat(call("POST", path + "/xhr" + ticket, "").body()).isEqualTo("o\n");
    assertThat(call("POST", path + "/xhr_send" + ticket, whoami).statusCode()).isEqualTo(204);
    assertThat(call("POST", path + "/xhr" + ticket, "").body()).contains(name);
    assertThat(call("POST", "/000/" + UUID.randomUUID() + "/xhr" + ticket, "").statusCode()).as("used").isEqualTo(401);
    assertThat(call("POST", "/000/" + UUID.randomUUID() + "/xhr", "", "Authorization", "Bearer x").statusCode()).isEqualTo(401);
    assertThat(call("POST", "/000/" + UUID.randomUUID() + "/xhr", "", "Authorization", "Bearer " + token).body()).isEqualTo("o\n");
    assertThat(call("POST", "/000/" + UUID.randomUUID() + "/xhr_send", whoami).statusCode()).as("no such session").isEqualTo(404);
  }

  @Test
  void what_a_stranger_sends_is_not_kept_until_it_is_a_whole_message() throws Exception {
    try (var raw = new RawClient(node.web.port())) {
      raw.send("GET /eventbus/websocket HTTP/1.1\r\nHost: 127.0.0.1:" + node.web.port() + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
          + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      assertThat(raw.read().status()).isEqualTo(101);
      // One masked text frame of a million bytes, of which a part comes.
      raw.send(new byte[] {(byte) 0x81, (byte) 0xff, 0, 0, 0, 0, 0, 15, 66, 64, 0, 0, 0, 0}).send(new byte[20_000]);
      assertThat(raw.isClosedWithin(BridgeNode.LIMITS.login().dividedBy(2))).isTrue();
    }
    try (var client = node.connect(Transport.WEBSOCKET, token)) {
      assertThat(client.request("agentbus.op.enqueue_job", "{'subject': 's', 'payload': {'x': '" + "y".repeat(50_000) + "'}}").has("body")).isTrue();
    }
  }

  @Test
  void a_ping_is_not_answered_here() throws Exception {
    try (var client = node.connect(Transport.WEBSOCKET, token)) {
      client.send("{'type': 'ping'}");
      client.request("agentbus.op.whoami", "{}");
      assertThat(client.waiting()).isZero();
    }
  }
}
