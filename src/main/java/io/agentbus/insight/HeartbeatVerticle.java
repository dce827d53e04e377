package io.agentbus.insight;

import io.agentbus.agent.Presence;
import io.agentbus.db.Database;
import io.agentbus.loop.Aside;
import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;
import io.agentbus.op.Json;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** Writes this node's sign of life, with how far each loop got, and which agents were heard of. Says so when the node stops cleanly. */
public final class HeartbeatVerticle extends LoopVerticle {
  private final Database database;
  private final Presence presence;
  private final NodeFacts node;

  public HeartbeatVerticle(Database database, Presence presence, NodeFacts node, HeartbeatConfig config) {
    this.database = database;
    this.presence = presence;
    this.node = node;
    own(Loop.every("heartbeat", config.beatEvery(), this::beat));
    own(Loop.every("presence", config.presenceEvery(), presence::flush));
  }

  @Override
  public Future<?> stop() {
    return super.stop().compose(ignored -> Aside.run("heartbeat-stop", () -> {
      presence.flush();
      database.run("insight.stopped", Tuple.of(node.name(), ProcessHandle.current().pid()));
    }));
  }

  private void beat() {
    database.run("insight.beat", Tuple.of(node.name(), host(), ProcessHandle.current().pid(), node.roles().toArray(String[]::new), progress()));
    database.run("insight.forget_nodes", Tuple.tuple());
  }

  /** When each loop last ended a run well, so that a stuck loop looks stuck although this one moves. */
  private String progress() {
    var metrics = Json.MAPPER.createObjectNode();
    var loops = metrics.putObject("loops");
    for (var loop : node.loops().get()) {
      var last = loop.lastRun();
      loops.putObject(loop.name()).put("last_run", last == null ? null : last.toString()).put("failures", loop.failures());
    }
    return metrics.put("version", node.version()).toString();
  }

  private static String host() {
    try {
      return InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException nameless) {
      // A machine whose own name does not resolve is still a machine.
      return "localhost";
    }
  }
}
