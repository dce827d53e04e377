package io.agentbus.job;

import io.agentbus.bus.ReadyHint;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.db.Sql;
import io.agentbus.job.JobStore.Close;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What happens to jobs by time alone: leases and attempts that ran out, jobs that became due, blocked jobs whose review came. Two nodes
 * may do it at once: locks keep them apart.
 */
public final class LeaseSweeps {
  private static final String BUS = "bus";

  private final Database database;
  private final Dependencies dependencies;
  private final JobBatches batches;
  private final WakeUps wakeUps;
  private final JobChanges changes;
  private final RetryPolicy policy;
  private final Outage outage;

  public LeaseSweeps(Database database, Dependencies dependencies, JobBatches batches, WakeUps wakeUps, JobChanges changes,
      RetryPolicy policy, Outage outage) {
    this.database = database;
    this.dependencies = dependencies;
    this.batches = batches;
    this.wakeUps = wakeUps;
    this.changes = changes;
    this.policy = policy;
    this.outage = outage;
  }

  /** The operator's sweep. It may be the first since an outage, which is then not charged to the leases here either. */
  public SweptLeases requeueExpired(Call call, RequeueExpired in) {
    var walls = in.namespace() != null ? List.of(in.namespace()) : call.caller().namespaces().stream().map(Object::toString).toList();
    if (in.namespace() != null && !call.caller().sees(new NamespacePath(in.namespace()))) {
      throw ProblemException.notFound("namespace", in.namespace());
    }
    serve(call.sql());
    var limit = in.limit() == null ? 1_000 : in.limit();
    if (walls.isEmpty()) {
      return expire(call.sql(), limit, null, call.caller().actor());
    }
    var requeued = new ArrayList<UUID>();
    var dead = new ArrayList<UUID>();
    for (var wall : walls) {
      var swept = expire(call.sql(), limit - requeued.size() - dead.size(), wall, call.caller().actor());
      requeued.addAll(swept.requeued());
      dead.addAll(swept.dead());
    }
    return new SweptLeases(requeued, dead);
  }

  /** Ends leases past their end and attempts past their time-out: timed out, counted, queued again or dead. */
  public SweptLeases expire(int limit) {
    return expire(database, limit, null, BUS);
  }

  /** Makes due jobs claimable; answers how many. */
  public int moveDue(int limit) {
    var moved = 0;
    for (var row : database.run("job.move_due", Tuple.of(limit))) {
      var count = row.getLong("moved").intValue();
      moved += count;
      wakeUps.ready(new ReadyHint(row.getInteger("queue_id"), 0, null, count));
    }
    return moved;
  }

  /** Milliseconds until the next scheduled job is due, at least 0; null when none is scheduled. */
  public @Nullable Long nextDueMillis() {
    var rows = database.run("job.next_due", Tuple.tuple());
    return rows.size() == 0 ? null : Math.max(0, Math.round(rows.iterator().next().getDouble("seconds") * 1_000));
  }

  /** Puts blocked jobs whose review is due back into line, or ends them, as they were blocked to be. */
  public int review(int limit) {
    return database.inTransaction(tx -> {
      var due = tx.run("job.reviews_due", Tuple.of(limit));
      for (var row : due) {
        var id = row.getUUID("id");
        var taken = tx.run("job.take", Tuple.of(id)).iterator().next();
        var place = tx.run("job.place_of", Tuple.of(id)).iterator().next();
        var attempt = taken.getInteger("attempt");
        var to = row.getString("on_review").equals("dead") ? JobStatus.DEAD : JobStatus.QUEUED;
        if (to == JobStatus.DEAD) {
          tx.run("job.end", Tuple.tuple().addUUID(id).addLong(null).addInteger(null)
              .addOffsetDateTime(null).addOffsetDateTime(null).addShort(attempt.shortValue()).addString(null).addString("dead")
              .addString("review").addString(null).addString(null).addString("blocked past its review"));
          tx.afterCommit(() -> dependencies.settleChildrenOf(List.of(id)));
        } else {
          tx.run("job.place_queued", Tuple.of(id, attempt.shortValue(), null));
          tx.afterCommit(() -> wakeUps.ready(new ReadyHint(place.getInteger("queue_id"), 0, null, 1)));
        }
        JobStore.journal(tx, place.getInteger("namespace_id"), id, BUS, "review_blocked", JobStatus.BLOCKED, to, null, null, null);
        tx.afterCommit(() -> changes.byItself("review_blocked", place.getInteger("queue_id"), id, JobStatus.BLOCKED, to));
      }
      if (due.size() > 0) {
        tx.afterCommit(wakeUps::news);
      }
      return due.size();
    });
  }

  /**
   * Marks the bus as served now; after an {@link Outage}, adds its time and the grace to the leases that were open. Every node does this
   * before its first sweep and then every second or so.
   *
   * @return seconds since the bus was served before
   */
  public double serve() {
    return serve(database);
  }

  private double serve(Sql sql) {
    return sql.run("job.charge_outage", Tuple.of(outage.afterSeconds(), outage.graceSeconds())).iterator().next().getDouble("gap");
  }

  private SweptLeases expire(Sql sql, int limit, @Nullable String wall, String actor) {
    var requeued = new ArrayList<UUID>();
    var dead = new ArrayList<UUID>();
    sql.inTransaction(tx -> {
      var wishes = new ArrayList<Close>();
      for (var row : tx.run("job.expired", Tuple.of(limit, wall))) {
        var why = row.getBoolean("out_of_time") ? "the attempt lasted longer than its timeout_seconds" : "the lease ended and was not renewed";
        wishes.add(new Close(row.getUUID("id"), row.getLong("fence"), null, actor, "sweep", "timed_out", "queued", true, null, null, why, null, null,
            null, null, null, null, null, null));
      }
      if (wishes.isEmpty()) {
        return null;
      }
      var closed = JobStore.byNumber(wishes.size(), tx.run("job.close", JobStore.close(wishes, policy)), JobStore::closed);
      for (var one : closed) {
        if (one != null) {
          (one.status() == JobStatus.DEAD ? dead : requeued).add(one.id());
        }
      }
      tx.afterCommit(() -> {
        batches.sayClosed(closed);
        for (var i = 0; i < closed.size(); i++) {
          changes.closed(wishes.get(i), closed.get(i));
        }
      });
      tx.afterCommit(() -> dependencies.settleChildrenOf(dead));
      return null;
    });
    return new SweptLeases(requeued, dead);
  }
}
