package io.agentbus.door.bridge;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.event.SequencerConfig;
import io.agentbus.event.SequencerVerticle;
import io.agentbus.http.BearerGate;
import io.agentbus.http.HttpSettings;
import io.agentbus.http.Site;
import io.agentbus.http.TestServer;
import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A bus with both bridges, and agents with their tokens. */
final class BridgeNode implements AutoCloseable {
  /** Small enough to be reached by a test. */
  static final BridgeLimits LIMITS = new BridgeLimits(64 << 10, 2 << 10, 10, 8, 512 << 10, 10_000, 100, 100, Duration.ofSeconds(8),
      Duration.ofSeconds(30), Duration.ofSeconds(1), Duration.ofSeconds(5), 4);

  /** The same with other times. */
  static BridgeLimits with(Duration login, Duration idle) {
    return new BridgeLimits(LIMITS.frame(), LIMITS.firstFrame(), LIMITS.handlers(), LIMITS.calls(), LIMITS.queueBytes(), LIMITS.queueFrames(),
        LIMITS.connections(), LIMITS.connectionsPerAddress(), login, idle, LIMITS.halfFrame(), LIMITS.reply(), LIMITS.replies());
  }

  /** The transports. */
  enum Transport { TCP, WEBSOCKET }

  final TestBus bus;
  final TestServer web;
  final Bridge bridge;
  final TcpDoor tcp;

  BridgeNode(PgDatabase database) throws Exception {
    this(database, LIMITS);
  }

  BridgeNode(PgDatabase database, BridgeLimits limits) throws Exception {
    bus = TestBus.open(database);
    var site = new Site();
    var gate = new BearerGate(bus.bus().authenticator(), 1_000);
    // The bridge needs Vert.x before there is a server to mount it on.
    var vertx = Vertx.vertx();
    bridge = new Bridge(vertx, bus.bus().catalogue(), gate, bus.bus().authenticator(), bus.bus().feed(), bus.bus().messages(), limits);
    bus.bus().wakeUps().hearChanges(bridge::recheck);
    new SockJsDoor(vertx, bridge).mount(site);
    web = new TestServer(vertx, TestServer.settings(HttpSettings.Limits.DEFAULT, TestServer.SHORT), site);
    tcp = TcpDoor.listen(vertx, HttpSettings.Listen.loopback(0), Duration.ofSeconds(5), bridge).toCompletionStage().toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
    var events = new SequencerVerticle(bus.bus().sequencer(), bus.bus().feed(), bus.bus().wakeUps(),
        new SequencerConfig(Duration.ofMillis(200), Duration.ofMillis(5)));
    vertx.deployVerticle(events, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
        .toCompletionStage().toCompletableFuture().join();
  }

  /** A connection on which nothing was said. */
  BridgeClient connect(Transport transport) throws Exception {
    return transport == Transport.TCP ? new TcpClient(tcp.port()) : new WebSocketClient(web.port(), "", "");
  }

  /** A connection that has said who it is. */
  BridgeClient connect(Transport transport, String token) throws Exception {
    var client = connect(transport);
    var answer = client.request("agentbus.auth", "{'token': '" + token + "'}");
    if (!answer.path("body").has("caller")) {
      throw new AssertionError("not let in: " + answer);
    }
    return client;
  }

  String agentToken(String namespace, String name) {
    var join = operate("create_join_token", "{'namespace': '" + namespace + "'}").get("join_token").asText();
    return bus.call(Caller.anonymous(), "register_agent", ("{'join_token': '" + join + "', 'name': '" + name + "', 'concurrency': 0}")
        .replace('\'', '"')).get("agent_token").asText();
  }

  /** Carries something out as an operator. @param input JSON; quotes may be single */
  JsonNode operate(String operation, String input) {
    return bus.call(TestBus.operator(), operation, input.replace('\'', '"'));
  }

  @Override
  public void close() throws Exception {
    bridge.stop(Duration.ofMillis(1)).toCompletionStage().toCompletableFuture().join();
    web.close();
    bus.close();
  }
}
