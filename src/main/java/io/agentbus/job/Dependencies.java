package io.agentbus.job;

import io.agentbus.bus.ReadyHint;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.db.Sql;
import io.vertx.sqlclient.Tuple;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Decides jobs that wait for others. Deciding is idempotent and runs after both commits that matter, the one that ended a parent and
 * the one that added the dependency, so that whichever comes last sees the other; what a crash leaves between is found by a sweep.
 */
public final class Dependencies {
  private static final int AT_ONCE = 1_000;

  private final Database database;
  private final WakeUps wakeUps;
  private final JobChanges changes;

  public Dependencies(Database database, WakeUps wakeUps, JobChanges changes) {
    this.database = database;
    this.wakeUps = wakeUps;
    this.changes = changes;
  }

  /** Decides those of {@code waiting} whose dependencies have ended; answers the status of each decided. */
  Map<UUID, JobStatus> settle(Sql sql, Collection<UUID> waiting) {
    var decided = new HashMap<UUID, JobStatus>();
    for (var row : sql.run("job.settle", Tuple.tuple().addArrayOfUUID(waiting.toArray(UUID[]::new)))) {
      var status = JobStatus.ofWire(row.getString("status"));
      var id = row.getUUID("id");
      var queueId = row.getInteger("queue_id");
      decided.put(id, status);
      sql.afterCommit(() -> changes.byItself("settle_dependencies", queueId, id, JobStatus.WAITING, status));
      if (status == JobStatus.QUEUED) {
        var hint = new ReadyHint(queueId, 0, null, 1);
        sql.afterCommit(() -> wakeUps.ready(hint));
      }
    }
    if (!decided.isEmpty()) {
      sql.afterCommit(wakeUps::news);
    }
    return decided;
  }

  /** The same in a commit of its own. */
  void settleNow(Collection<UUID> waiting) {
    settle(database, waiting);
  }

  /** Decides the jobs that wait for these, which ended or were reopened in a transaction that is committed now. */
  void settleChildrenOf(Collection<UUID> ended) {
    var more = true;
    while (more) {
      var children = ids(database, "job.children_waiting", Tuple.tuple().addArrayOfUUID(ended.toArray(UUID[]::new)).addInteger(AT_ONCE));
      more = !children.isEmpty() && !settle(database, children).isEmpty() && children.size() == AT_ONCE;
    }
  }

  /** Decides what a crash between two commits left behind; answers how many. */
  public int sweep(int limit) {
    var left = ids(database, "job.settle_candidates", Tuple.of(limit));
    return left.isEmpty() ? 0 : settle(database, left).size();
  }

  private static List<UUID> ids(Sql sql, String query, Tuple parameters) {
    return sql.run(query, parameters).stream().map(row -> row.getUUID(0)).toList();
  }
}
