package io.agentbus.control;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.AgentRef;
import io.agentbus.bus.ReadyHint;
import io.agentbus.db.Sql;
import io.agentbus.id.Ids;
import io.agentbus.job.Lane;
import io.agentbus.namespace.NamespacePath;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The statements of pauses. */
final class PauseStore {
  /** What a pause holds: a lane of a namespace, an agent, or a whole namespace. */
  record Scope(NamespacePath namespace, int namespaceId, @Nullable Lane lane, @Nullable AgentRef agent) {
    String word() {
      return agent != null ? "agent" : lane != null ? "lane" : "namespace";
    }

    @Nullable String agentName() {
      return agent == null ? null : agent.name();
    }

    private @Nullable Integer agentNo() {
      return agent == null ? null : agent.agentNo();
    }

    private @Nullable String laneWord() {
      return lane == null ? null : lane.wire();
    }

    private Tuple keys() {
      return tuple(namespaceId, laneWord(), agentNo());
    }
  }

  private PauseStore() {}

  /** Keeps other pauses and new queues out until the transaction ends; fails when {@code patience} is over. */
  static void lock(Sql tx, String patience) {
    tx.run("control.patience", Tuple.of(patience));
    tx.run("control.lock", Tuple.tuple());
  }

  /** Adds a pause; false when it was there. */
  static boolean add(Sql tx, Scope scope, String reason, String by) {
    var added = tx.run("control.pause",
        tuple(Ids.next(), scope.namespaceId(), scope.laneWord(), scope.agentNo(), reason, by));
    mark(tx, scope);
    return added.size() > 0;
  }

  /**
   * A pause that was taken back.
   *
   * @param claimable the queues whose jobs may be claimed again, with how many wait there
   */
  record Removed(UUID id, List<ReadyHint> claimable) {}

  /** Removes a pause; null when it was not there. */
  static @Nullable Removed remove(Sql tx, Scope scope) {
    var removed = tx.run("control.resume", scope.keys()).iterator();
    if (!removed.hasNext()) {
      return null;
    }
    var opened = mark(tx, scope).stream().map(row -> row.getInteger("id")).toArray(Integer[]::new);
    var claimable = tx.run("control.claimable", Tuple.tuple().addArrayOfInteger(opened)).stream()
        .map(row -> new ReadyHint(row.getInteger("id"), 0, null, row.getInteger("jobs"))).toList();
    return new Removed(removed.next().getUUID("id"), claimable);
  }

  /** Makes the rows that a claim reads say what the pauses say; answers the queues that this concerns. */
  private static RowSet<Row> mark(Sql tx, Scope scope) {
    if (scope.agent() == null) {
      return tx.run("control.mark_queues", Tuple.of(scope.namespaceId()));
    }
    tx.run("control.mark_agent", Tuple.of(scope.agent().agentNo()));
    return tx.run("control.queues_of_agent", Tuple.of(scope.agent().agentNo()));
  }

  static Pause get(Sql sql, Scope scope) {
    return pause(sql.run("control.get", scope.keys()).iterator().next());
  }

  /** The pauses that keep the jobs of the scope, from the widest down. */
  static List<Pause> covering(Sql sql, Scope scope) {
    return sql.run("control.covering", tuple(scope.namespaceId(), scope.laneWord())).stream().map(PauseStore::pause)
        .toList();
  }

  static List<Pause> list(Sql sql, @Nullable String namespaceRegex, List<NamespacePath> walls, @Nullable UUID after,
      int limit) {
    var paths = walls.stream().map(NamespacePath::value).toArray(String[]::new);
    return sql.run("control.list", tuple(namespaceRegex, paths, after, (long) limit)).stream().map(PauseStore::pause)
        .toList();
  }

  static void journal(Sql tx, Scope scope, String actor, String action, ObjectNode detail) {
    tx.run("control.journal", tuple(scope.namespaceId(), actor, action, detail.toString()));
  }

  private static Pause pause(Row row) {
    var lane = row.getString("lane");
    var agent = row.getString("agent");
    var scope = agent != null ? "agent" : lane != null ? "lane" : "namespace";
    return new Pause(row.getUUID("id"), scope, new NamespacePath(row.getString("namespace")),
        lane == null ? null : Lane.ofWire(lane), agent, row.getString("reason"), row.getString("paused_by"),
        Objects.requireNonNull(row.getOffsetDateTime("paused_at")).toInstant());
  }

  private static Tuple tuple(@Nullable Object... values) {
    return Tuple.from(Arrays.asList(values));
  }
}
