package io.agentbus.app;

import io.agentbus.bus.cluster.Cluster;
import io.agentbus.http.Health;
import io.agentbus.http.HealthReport;
import io.agentbus.http.HealthReport.Check;
import io.agentbus.loop.Loop;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a node knows of its own health: whether its loops move, and whether its database answers. */
final class NodeHealth implements Health {
  /** A loop that has not ended a run for this long is stuck; the slowest pause is far shorter. */
  private static final Duration STUCK_AFTER = Duration.ofMinutes(2);

  private final Bus bus;
  private final List<Loop> loops;
  private final @Nullable Cluster cluster;
  private final Instant startedAt = Instant.now();

  /** @param cluster of which the node is a member; null = of none */
  NodeHealth(Bus bus, List<Loop> loops, @Nullable Cluster cluster) {
    this.bus = bus;
    this.loops = loops;
    this.cluster = cluster;
  }

  @Override
  public HealthReport live() {
    var checks = new ArrayList<Check>();
    for (var loop : loops) {
      var last = loop.lastRun() == null ? startedAt : loop.lastRun();
      var age = Duration.between(last, Instant.now());
      // A loop that fails is alive: its cause is elsewhere, and a restart would not help.
      var stuck = age.compareTo(STUCK_AFTER) > 0 && loop.failures() == 0;
      checks.add(new Check(loop.name(), !stuck, stuck ? "no run has ended for " + age.toSeconds() + " s" : ""));
    }
    if (cluster != null) {
      // A node that is alone serves all the same, and a restart would not bring the others back.
      checks.add(new Check("cluster", true, cluster.members().size() == 1 ? "1 member" : cluster.members().size() + " members"));
    }
    return HealthReport.of(checks);
  }

  @Override
  public HealthReport ready() {
    try {
      bus.database().run("health.ping", Tuple.tuple());
      return HealthReport.of(List.of(new Check("database", true, "")));
    } catch (RuntimeException failure) {
      return HealthReport.of(List.of(new Check("database", false, "it does not answer")));
    }
  }
}
