package io.agentbus.insight;

import io.agentbus.agent.Presence;
import io.agentbus.db.Database;
import io.agentbus.loop.Loop;
import io.agentbus.op.Json;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Tuple;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Writes this node's sign of life, with how far each loop got, and which agents were heard of. Says so when the node stops cleanly. */
public final class HeartbeatVerticle extends VerticleBase {
  private final Database database;
  private final Presence presence;
  private final NodeFacts node;
  private final Loop beats;
  private final Loop presences;

  public HeartbeatVerticle(Database database, Presence presence, NodeFacts node, HeartbeatConfig config) {
    this.database = database;
    this.presence = presence;
    this.node = node;
    this.beats = Loop.every("heartbeat", config.beatEvery(), this::beat);
    this.presences = Loop.every("presence", config.presenceEvery(), presence::flush);
  }

  /** What the heartbeat reports on. */
  public List<Loop> loops() {
    return List.of(beats, presences);
  }

  @Override
  public Future<?> start() {
    beats.start();
    presences.start();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    return Future.join(beats.stop(), presences.stop()).compose(ignored -> Aside.run("heartbeat-stop", () -> {
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
