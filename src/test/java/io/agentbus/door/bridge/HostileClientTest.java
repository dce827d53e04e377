package io.agentbus.door.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.agentbus.door.bridge.BridgeNode.Transport;
import io.agentbus.http.RawClient;
import io.agentbus.testkit.PgDatabase;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What hostile or broken clients do, while a healthy one notices nothing. */
@Timeout(60)
class HostileClientTest {
  @RegisterExtension
  static final PgDatabase database = new PgDatabase();
  private BridgeNode node;
  private String token;
  private BridgeClient healthy;

  @BeforeEach
  void open() throws Exception {
    open(BridgeNode.LIMITS);
  }

  private void open(BridgeLimits limits) throws Exception {
    node = new BridgeNode(database, limits);
    token = node.agentToken("acme", "agent-" + UUID.randomUUID());
    healthy = node.connect(Transport.TCP, token);
  }

  private void openAgain(BridgeLimits limits) throws Exception {
    healthy.close();
    node.close();
    open(limits);
  }

  @AfterEach
  void close() throws Exception {
    assertThat(healthy.request("agentbus.op.whoami", "{}").at("/body/namespace").asText()).isEqualTo("acme");
    healthy.close();
    await().untilAsserted(() -> assertThat(node.bridge.connections()).isZero());
    node.close();
  }

  @ParameterizedTest
  @CsvSource({"-5, invalid_length", "0, invalid_length", "-2147483648, invalid_length", "2147483647, frame_too_large", "4096, frame_too_large",
      "1195725856, frame_too_large"})
  void a_length_that_cannot_be_is_refused_before_anything_is_kept(int length, String word) throws Exception {
    try (var client = new TcpClient(node.tcp.port())) {
      client.sendLength(length, 0);
      assertThat(client.awaitEnd()).isEqualTo(word);
    }
  }

  @Test
  void who_is_known_may_say_more_at_once_but_not_too_much() throws Exception {
    try (var client = (TcpClient) node.connect(Transport.TCP, token)) {
      assertThat(client.request("agentbus.op.enqueue_job", "{'subject': 's', 'payload': {'x': '" + "y".repeat(50_000) + "'}}").has("body")).isTrue();
      client.sendLength(BridgeNode.LIMITS.frame() + 1, 0);
      assertThat(client.awaitEnd()).isEqualTo("frame_too_large");
    }
  }

  @Test
  void half_a_frame_is_not_waited_for() throws Exception {
    for (var bytes : new int[] {0, 10}) {
      try (var client = new TcpClient(node.tcp.port())) {
        client.sendLength(100, bytes);
        assertThat(client.awaitEnd()).isEqualTo("timeout");
      }
    }
    try (var client = new TcpClient(node.tcp.port())) {
      client.sendBytes(new byte[] {0, 0});
      assertThat(client.awaitEnd()).isEqualTo("timeout");
    }
  }

  @Test
  void frames_may_come_in_any_pieces() throws Exception {
    try (var client = (TcpClient) node.connect(Transport.TCP, token)) {
      var frame = "{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8);
      for (var b : ByteBuffer.allocate(frame.length + 4).putInt(frame.length).put(frame).array()) {
        client.sendBytes(new byte[] {b});
      }
      assertThat(client.next().get("type").asText()).isEqualTo("pong");
      var many = ByteBuffer.allocate(100 * (frame.length + 4));
      for (var i = 0; i < 100; i++) {
        many.putInt(frame.length).put(frame);
      }
      client.sendBytes(many.array());
      for (var i = 0; i < 100; i++) {
        assertThat(client.next().get("type").asText()).isEqualTo("pong");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void what_cannot_be_read_is_said_to_be_so_and_does_not_wedge_the_connection(Transport transport) throws Exception {
    var tcp = transport == Transport.TCP;
    try (var client = node.connect(transport, token)) {
      client.send("{'type': 'dance', 'address': 'a'}");
      assertThat(BridgeClient.word(client.next())).isEqualTo(tcp ? "unknown_type" : "invalid_type");
      client.send("{'address': 'a'}");
      assertThat(BridgeClient.word(client.next())).isEqualTo(tcp ? "unknown_type" : "missing_type");
      client.send("{'type': 'send'}");
      assertThat(BridgeClient.word(client.next())).isEqualTo("missing_address");
      client.send("{'type': 'send', 'address': '" + "a".repeat(1_000) + "'}");
      assertThat(BridgeClient.word(client.next())).isEqualTo("max_address_length_reached");
      client.send("{'type': 'send', 'address': 'a', 'replyAddress': '" + "r".repeat(37) + "'}");
      assertThat(BridgeClient.word(client.next())).isEqualTo("invalid_reply_address");
      for (var bad : new String[] {"{", "[]", "7", "{'type': 'ping', 'type': 'ping'}", "{'type': 'send', 'address': 'a', 'body': " + "[".repeat(200)
          + "]".repeat(200) + "}"}) {
        client.send(bad);
        assertThat(BridgeClient.word(client.next())).as(bad).isEqualTo("invalid_json");
      }
      assertThat(client.request("agentbus.op.whoami", "{}").has("body")).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_flood_of_denied_registrations_ends_the_connection(Transport transport) throws Exception {
    try (var client = node.connect(transport, token)) {
      try {
        for (var i = 0; i < 1_000; i++) {
          client.send("{'type': 'register', 'address': 'secret." + i + "'}");
        }
      } catch (Exception closedMeanwhile) {
        // as it should be
      }
      assertThat(client.awaitEnd()).isEqualTo("access_denied");
    }
  }

  @ParameterizedTest
  @EnumSource
  void a_stranger_who_says_nothing_is_closed_and_so_is_one_who_only_pings(Transport transport) throws Exception {
    openAgain(BridgeNode.with(Duration.ofSeconds(2), BridgeNode.LIMITS.idle()));
    try (var idler = node.connect(transport); var pinger = node.connect(transport)) {
      pinger.send("{'type': 'ping'}");
      assertThat(idler.awaitEnd()).isEqualTo("timeout");
      assertThat(pinger.awaitEnd()).isEqualTo("timeout");
    }
  }

  /** The HTTP server's own deadlines, of one second here, are not those of a WebSocket. */
  @ParameterizedTest
  @EnumSource
  void a_known_client_that_falls_silent_is_closed_when_its_time_is_over(Transport transport) throws Exception {
    var idle = Duration.ofSeconds(2);
    openAgain(BridgeNode.with(BridgeNode.LIMITS.login(), idle));
    var since = System.nanoTime();
    try (var client = node.connect(transport, token)) {
      assertThat(client.awaitEnd()).isEqualTo("timeout");
      assertThat(System.nanoTime() - since).isGreaterThan(idle.toNanos());
    }
    healthy.close();
    healthy = node.connect(Transport.TCP, token);
  }

  @Test
  void a_client_that_does_not_read_is_dropped_and_holds_up_nobody() throws Exception {
    try (var slow = new TcpClient(node.tcp.port(), false)) {
      slow.send("{'type': 'send', 'address': 'agentbus.auth', 'body': {'token': '" + token + "'}}");
      await().until(() -> node.bridge.connections() == 2);
      healthy.send("{'type': 'register', 'address': 'agentbus.event.load.done'}");
      healthy.request("agentbus.op.whoami", "{}");
      slow.send("{'type': 'register', 'address': 'agentbus.event.load.**'}");
      var payload = "'" + "z".repeat(60_000) + "'";
      for (var i = 0; i < 200 && node.bridge.connections() == 2; i++) {
        healthy.request("agentbus.op.emit_event", "{'topic': 'load.more', 'payload': {'x': " + payload + "}}");
      }
      await().until(() -> node.bridge.connections() == 1);
      healthy.request("agentbus.op.emit_event", "{'topic': 'load.done', 'payload': {}}");
      assertThat(healthy.next().get("address").asText()).isEqualTo("agentbus.event.load.done");
    }
  }

  @Test
  void a_websocket_that_is_not_read_is_dropped_too() throws Exception {
    try (var slow = new RawClient(node.web.port(), 4 << 10)) {
      slow.send("GET /eventbus/websocket HTTP/1.1\r\nHost: 127.0.0.1:" + node.web.port() + "\r\nAuthorization: Bearer " + token
          + "\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
      assertThat(slow.read().status()).isEqualTo(101);
      var register = "{\"type\":\"register\",\"address\":\"agentbus.event.load.**\"}".getBytes(StandardCharsets.UTF_8);
      // A masked text frame; the mask is zero.
      slow.send(ByteBuffer.allocate(6 + register.length).put((byte) 0x81).put((byte) (0x80 | register.length)).putInt(0).put(register).array());
      await().until(() -> node.bridge.connections() == 2);
      var payload = "'" + "z".repeat(60_000) + "'";
      for (var i = 0; i < 200 && node.bridge.connections() == 2; i++) {
        healthy.request("agentbus.op.emit_event", "{'topic': 'load.more', 'payload': {'x': " + payload + "}}");
      }
      await().until(() -> node.bridge.connections() == 1);
      await().untilAsserted(() -> assertThat(node.web.server.openConnections()).as("the socket below it").isZero());
    }
  }

  @Test
  void one_connection_too_many_is_told_so() throws Exception {
    openAgain(new BridgeLimits(64 << 10, 2 << 10, 10, 8, 512 << 10, 10_000, 2, 2, BridgeNode.LIMITS.login(), BridgeNode.LIMITS.idle(),
        BridgeNode.LIMITS.halfFrame(), BridgeNode.LIMITS.reply(), 4));
    try (var second = node.connect(Transport.WEBSOCKET, token)) {
      for (var transport : Transport.values()) {
        try (var third = node.connect(transport)) {
          assertThat(third.awaitEnd()).isEqualTo("too_many_connections");
        }
      }
      assertThat(second.request("agentbus.op.whoami", "{}").has("body")).isTrue();
    }
    await().until(() -> node.bridge.connections() == 1);
    node.connect(Transport.WEBSOCKET, token).close();
  }
}
