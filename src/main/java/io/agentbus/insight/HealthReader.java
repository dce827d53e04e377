package io.agentbus.insight;

import io.agentbus.db.Database;
import io.agentbus.insight.SystemHealth.Namespace;
import io.agentbus.insight.SystemHealth.Nodes;
import io.agentbus.insight.SystemHealth.Progress;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** Tells whether the bus is well. The counts are bounded, and are read at most every {@value #KEPT_MILLIS} ms, however many ask. */
public final class HealthReader {
  private static final long KEPT_MILLIS = 2_000;
  /** A loop that has not ended a run for this long is stuck; the slowest pause is far shorter. */
  private static final Duration STUCK_AFTER = Duration.ofMinutes(2);
  /** A row that is older must have been sealed. */
  private static final long UNSEALED_SECONDS = 60;

  /** What was read, and when by {@link System#nanoTime}. */
  private record Snapshot(List<Namespace> namespaces, Nodes nodes, long unsealed, boolean complete, List<String> reasons, long nanos) {}

  private final Database database;
  private final NodeFacts node;
  private final ReentrantLock reading = new ReentrantLock();
  private @Nullable Snapshot last;

  public HealthReader(Database database, NodeFacts node) {
    this.database = database;
    this.node = node;
  }

  /** How things are, as far as the caller may see. */
  public SystemHealth health(Call call, HealthQuery in) {
    var snapshot = snapshot();
    var reasons = new ArrayList<>(snapshot.reasons());
    var loops = node.loops().get().stream().map(loop -> new Progress(loop.name(), loop.lastRun(), loop.failures())).toList();
    for (var loop : loops) {
      var age = Duration.between(loop.lastRun() == null ? node.startedAt() : loop.lastRun(), Instant.now());
      if (age.compareTo(STUCK_AFTER) > 0) {
        reasons.add("On this node, the loop " + loop.name() + " has not ended a run well for " + age.toSeconds() + " s.");
      }
    }
    return new SystemHealth(reasons.isEmpty(), reasons, new SystemHealth.Node(node.name(), node.version(), node.roles(), node.startedAt(), loops,
            node.members() == null ? null : node.members().get()),
        snapshot.nodes(), snapshot.unsealed(), snapshot.complete(),
        snapshot.namespaces().stream().filter(row -> call.caller().sees(new NamespacePath(row.namespace()))).toList());
  }

  private Snapshot snapshot() {
    reading.lock();
    try {
      if (last == null || System.nanoTime() - last.nanos() > Duration.ofMillis(KEPT_MILLIS).toNanos()) {
        last = read();
      }
      return last;
    } finally {
      reading.unlock();
    }
  }

  private Snapshot read() {
    var rows = database.run("insight.health", Tuple.tuple());
    var any = rows.iterator().next();
    var nodes = new Nodes(any.getLong("dispatcher_count"), any.getLong("healthy_dispatcher_count"), any.getLong("stale_dispatcher_count"),
        any.getOffsetDateTime("dispatcher_last_seen") == null ? null
            : any.getOffsetDateTime("dispatcher_last_seen").withOffsetSameInstant(ZoneOffset.UTC),
        any.getLong("leases_owned"), any.getLong("busy_agents"));
    var trouble = database.run("insight.trouble", Tuple.tuple()).iterator().next();
    return new Snapshot(rows.stream().map(HealthReader::namespace).toList(), nodes, any.getLong("unsealed_journal_rows"), any.getBoolean("complete"),
        reasons(nodes, trouble), System.nanoTime());
  }

  private static List<String> reasons(Nodes nodes, Row trouble) {
    var reasons = new ArrayList<String>();
    if (nodes.healthy() == 0) {
      reasons.add(nodes.lastSeen() == null ? "No node has ever reported." : "No node was seen within 90 s; the last one at " + nodes.lastSeen() + ".");
    }
    if (nodes.stale() > 0) {
      reasons.add(nodes.stale() + " of " + nodes.count() + " nodes were not seen for 90 s and did not stop cleanly.");
    }
    if (trouble.getLong("unswept") > 0) {
      reasons.add(trouble.getLong("unswept") + " leases are past their end for more than a minute: no node sweeps.");
    }
    var unsealed = trouble.getLong("unsealed_seconds");
    if (unsealed != null && unsealed > UNSEALED_SECONDS) {
      reasons.add("The journal has not been sealed for " + unsealed + " s; verify_journal tells more.");
    }
    return reasons;
  }

  private static Namespace namespace(Row row) {
    return new Namespace(row.getString("namespace"), row.getLong("waiting_count"), row.getLong("queued_count"), row.getLong("leased_count"),
        row.getLong("running_count"), row.getLong("blocked_count"), row.getLong("succeeded_count"), row.getLong("failed_count"),
        row.getLong("dead_count"), row.getLong("cancelled_count"), row.getLong("expired_lease_count"), row.getLong("retry_hotspot_count"),
        row.getLong("oldest_queued_age_seconds"), row.getLong("oldest_blocked_age_seconds"));
  }
}
