package io.agentbus.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.app.Bus;
import io.agentbus.app.BusSettings;
import io.agentbus.app.VerticleDescriptor;
import io.agentbus.config.Home;
import io.agentbus.loop.Loop;
import io.agentbus.op.Call;
import io.agentbus.op.Caller;
import io.agentbus.op.Invocation;
import io.agentbus.op.Json;
import io.agentbus.op.Right;
import io.agentbus.subscription.InboxDrainerConfig;
import io.agentbus.subscription.InboxDrainerVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;

/** The services of a node in this process, with the loops that cost something under load: what the in-process rows measure. */
final class LocalNode implements AutoCloseable {
  private static final Duration SEQUENCER_POLL = Duration.ofMillis(500);
  private static final Duration SEQUENCER_GAP = Duration.ofMillis(10);
  private static final Caller OPERATOR = new Caller(null, "bench", null, List.of(), EnumSet.allOf(Right.class));

  private final Vertx vertx = Vertx.vertx();
  private final Bus bus;
  private final Loop sequencer;

  /** @param home where the node keeps the key with which it seals */
  LocalNode(String url, Path home) {
    bus = Bus.open(vertx, url, BusSettings.defaults("bench", Home.open(home)));
    sequencer = Loop.every("sequencer", SEQUENCER_POLL, () -> bus.feed().reached(bus.sequencer().run().newest())).withGap(SEQUENCER_GAP);
    bus.wakeUps().hearNews(sequencer::wake);
    sequencer.start();
  }

  Bus bus() {
    return bus;
  }

  /** A call of a caller, outside any transaction. */
  Call call(Caller caller) {
    return new Call(caller, "bench", bus.database());
  }

  Caller operator() {
    return OPERATOR;
  }

  /** Registers an agent as an operator does. @param concurrency most live leases, 0 = not limited */
  Caller agent(String name, int concurrency) {
    var join = invoke(OPERATOR, "create_join_token", Json.MAPPER.createObjectNode().put("namespace", "default")).get("join_token").asText();
    var token = invoke(Caller.anonymous(), "register_agent",
        Json.MAPPER.createObjectNode().put("join_token", join).put("name", name).put("concurrency", concurrency)).get("agent_token").asText();
    return bus.authenticator().authenticate(token);
  }

  /** What goes on until it is closed. */
  interface Running extends AutoCloseable {
    @Override
    void close();
  }

  /** Moves events on to subscribers. */
  Running drains() {
    var config = VerticleDescriptor.defaultsOf("inbox-drainer", InboxDrainerConfig.class);
    var options = new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD);
    var id = vertx.deployVerticle(new InboxDrainerVerticle(bus.subscriptions().drainer(config), config), options).await();
    return () -> vertx.undeploy(id).await();
  }

  JsonNode invoke(Caller caller, String operation, ObjectNode input) {
    try {
      return Json.MAPPER.readTree(bus.catalogue().invoke(new Invocation(operation, caller, input, null, "bench")).json());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    sequencer.stop().await();
    bus.stop().await();
    vertx.close().await();
  }
}
