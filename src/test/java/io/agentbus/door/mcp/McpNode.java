package io.agentbus.door.mcp;

import io.agentbus.crypto.StateSeal;
import io.agentbus.door.mcp.bus.BusContent;
import io.agentbus.door.mcp.legacy.Sessions;
import io.agentbus.event.SequencerConfig;
import io.agentbus.event.SequencerVerticle;
import io.agentbus.http.BearerGate;
import io.agentbus.http.Site;
import io.agentbus.http.TestServer;
import io.agentbus.op.Caller;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import java.time.Clock;
import java.time.Duration;

/** A bus with its MCP door, and agents with their tokens. */
final class McpNode implements AutoCloseable {
  final TestBus bus;
  final TestServer web;

  McpNode(PgDatabase database) {
    bus = TestBus.open(database);
    var site = new Site();
    var gate = new BearerGate(bus.bus().authenticator(), 1_000);
    new McpDoor(new BusContent(bus.bus().catalogue(), bus.bus().feed(), "test"), gate,
        StateSeal.ofProcess(Clock.systemUTC()), Sessions.Limits.DEFAULT).mount(site);
    web = new TestServer(site);
    var events = new SequencerVerticle(bus.bus().sequencer(), bus.bus().feed(), bus.bus().wakeUps(),
        new SequencerConfig(Duration.ofMillis(200), Duration.ofMillis(5)));
    web.vertx.deployVerticle(events, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
        .toCompletionStage().toCompletableFuture().join();
  }

  /** A client of an agent that is registered now. */
  McpClient agent(String name) {
    return client(agentToken("default", name), "");
  }

  McpClient client(String token, String query) {
    return new McpClient(web.server.baseUrl() + McpDoor.PATH + query, token);
  }

  String agentToken(String namespace, String name) {
    var join = bus.call(TestBus.operator(), "create_join_token", "{\"namespace\": \"" + namespace + "\"}")
        .get("join_token").asText();
    return bus.call(Caller.anonymous(), "register_agent",
        "{\"join_token\": \"" + join + "\", \"name\": \"" + name + "\", \"concurrency\": 0}").get("agent_token").asText();
  }

  /** A token of those rights. @param rights JSON list; quotes may be single */
  String token(String name, String rights) {
    return bus.call(TestBus.operator(), "create_token",
        ("{'name': '" + name + "', 'namespaces': ['default'], 'rights': " + rights + "}").replace('\'', '"'))
        .get("secret").asText();
  }

  @Override
  public void close() throws Exception {
    web.close();
    bus.close();
  }
}
