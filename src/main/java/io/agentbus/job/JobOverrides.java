package io.agentbus.job;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.agent.Directory;
import io.agentbus.bus.ReadyHint;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Tx;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What others than the holder do to a job: cancel, unblock, reassign, reprioritize, retry, kill. Each takes the job out of the table
 * it stands in and puts it elsewhere in one transaction, so that a claim or a finish in the same instant either comes first or finds
 * nothing.
 */
public final class JobOverrides {
  /** A job may move between the look and the take; it cannot do so often. */
  private static final int TRIES = 20;

  private final Jobs jobs;
  private final Dependencies dependencies;
  private final QueueStore queues;
  private final Directory directory;
  private final WakeUps wakeUps;
  private final JobChanges changes;

  public JobOverrides(Jobs jobs, Dependencies dependencies, QueueStore queues, Directory directory, WakeUps wakeUps, JobChanges changes) {
    this.jobs = jobs;
    this.dependencies = dependencies;
    this.queues = queues;
    this.directory = directory;
    this.wakeUps = wakeUps;
    this.changes = changes;
  }

  /** Where a job stood before it was taken. */
  private record Taken(JobStatus status, int attempt, @Nullable Long fence, @Nullable Integer agentNo, @Nullable OffsetDateTime leasedAt,
      @Nullable OffsetDateTime runningAt, @Nullable String owner) {}

  /** Ends an unfinished job at once; its worker hears {@code lease_lost}. Cancelling again answers the cancelled job. */
  public Job cancel(Call call, OverrideJob in) {
    return end(call, in, JobStatus.CANCELLED, "cancel_job", "cancelled");
  }

  /** Ends an unfinished job as dead. */
  public Job kill(Call call, OverrideJob in) {
    return end(call, in, JobStatus.DEAD, "kill_job", "killed");
  }

  /** Queues a blocked job again; dependencies that ended badly are no longer waited for. */
  public Job unblock(Call call, OverrideJob in) {
    var place = allowed(call, in.jobId());
    call.sql().inTransaction(tx -> {
      var taken = take(tx, in.jobId());
      if (taken == null || taken.status() != JobStatus.BLOCKED) {
        throw notNow(tx, in.jobId(), taken, "unblock_job takes a blocked job");
      }
      var dropped = tx.run("job.drop_bad_dependencies", Tuple.of(in.jobId())).stream().map(row -> row.getUUID(0).toString()).toList();
      var open = tx.run("job.has_open_dependencies", Tuple.of(in.jobId())).iterator().next().getBoolean("open");
      var detail = detail(in.reason());
      if (!dropped.isEmpty()) {
        dropped.forEach(detail.putArray("dropped_dependencies")::add);
      }
      putBack(tx, call, "unblock_job", place, taken, null, open, detail);
      return null;
    });
    return jobs.find(call, in.jobId());
  }

  /** Addresses a waiting, queued or blocked job to somebody else; a blocked one is queued again. */
  public Job reassign(Call call, ReassignJob in) {
    var given = (int) java.util.stream.Stream.of(in.targetAgent(), in.targetCapability(), in.targetTag()).filter(Objects::nonNull).count();
    if (given != 1) {
      throw ProblemException.invalid("/target_agent", "give exactly one of target_agent, target_capability and target_tag");
    }
    var place = allowed(call, in.jobId());
    var warnings = new ArrayList<String>();
    var namespaceId = place.getInteger("namespace_id");
    var target = jobs.planner().target(new NamespacePath(place.getString("namespace")), namespaceId, in.targetAgent(), in.targetCapability(),
        in.targetTag(), warnings);
    call.sql().inTransaction(tx -> {
      var taken = take(tx, in.jobId());
      if (taken == null || taken.status().held()) {
        throw notNow(tx, in.jobId(), taken, "reassign_job takes a waiting, queued or blocked job");
      }
      var queue = queues.ensureWithin(tx, namespaceId, target, Lane.ofWire(place.getString("lane")));
      var kept = tx.run("job.move_key", Tuple.of(in.jobId(), queue.targetId()));
      if (kept.size() > 0 && !kept.iterator().next().getBoolean("moved")) {
        throw ProblemException.of(ProblemCode.DUPLICATE_CONFLICT, "Another active job of that target has the same dedupe_key.");
      }
      var open = tx.run("job.has_open_dependencies", Tuple.of(in.jobId())).iterator().next().getBoolean("open");
      putBack(tx, call, "reassign_job", place, taken, queue.id(), open, detail(in.reason()).put("target", queue.kind() + ":" + queue.name()));
      return null;
    });
    return JobRow.withEnqueueAnswer(jobs.find(call, in.jobId()), null, warnings.isEmpty() ? null : warnings);
  }

  /** Changes the place of a job in its line; a held one is refused. */
  public Job reprioritize(Call call, ReprioritizeJob in) {
    var place = allowed(call, in.jobId());
    call.sql().inTransaction(tx -> {
      move(tx, in.jobId(), in.priority());
      JobStore.journal(tx, place.getInteger("namespace_id"), in.jobId(), call.caller().actor(), "reprioritize_job", null, null, null, null,
          detail(in.reason()).put("from_priority", place.getInteger("priority")).put("to_priority", in.priority()).toString());
      tx.afterCommit(() -> wakeUps.ready(new ReadyHint(place.getInteger("queue_id"), 0, null, 1)));
      return null;
    });
    return jobs.find(call, in.jobId());
  }

  /** Reopens a job that failed, is dead or was cancelled. */
  public Job retry(Call call, RetryJob in) {
    var place = allowed(call, in.jobId());
    var runAfter = in.runAfter() == null ? null : in.runAfter().atOffset(ZoneOffset.UTC);
    call.sql().inTransaction(tx -> {
      var reopened = tx.run("job.reopen", Tuple.of(in.jobId()));
      var before = reopened.size() == 0 ? null : JobStatus.ofWire(reopened.iterator().next().getString("status"));
      if (before == null || before == JobStatus.SUCCEEDED) {
        throw notNow(tx, in.jobId(), null, "retry_job takes a failed, dead or cancelled job");
      }
      reclaimKey(tx, in.jobId());
      var open = tx.run("job.has_open_dependencies", Tuple.of(in.jobId())).iterator().next().getBoolean("open");
      tx.run("job.set_run_after", Tuple.of(in.jobId(), runAfter));
      putBack(tx, call, "retry_job", place, new Taken(before, 0, null, null, null, null, null), null, open, detail(in.reason()));
      var waiting = unblockChildren(tx, in.jobId());
      tx.afterCommit(() -> dependencies.settleNow(waiting));
      return null;
    });
    return jobs.find(call, in.jobId());
  }

  /** Lets the children wait again that the end of a reopened job had blocked. */
  private static Set<UUID> unblockChildren(Tx tx, UUID reopened) {
    var waiting = new HashSet<UUID>();
    for (var tries = 0; tries < TRIES; tries++) {
      var missed = false;
      for (var child : tx.run("job.unblock_children", Tuple.of(reopened))) {
        if (!child.getBoolean("freed")) {
          missed = true;
        } else if (waiting.add(child.getUUID("id"))) {
          JobStore.journal(tx, child.getInteger("namespace_id"), child.getUUID("id"), "bus", "settle_dependencies", JobStatus.BLOCKED,
              JobStatus.WAITING, null, null, Json.MAPPER.createObjectNode().put("reopened_dependency", reopened.toString()).toString());
        }
      }
      if (!missed) {
        return waiting;
      }
    }
    throw ProblemException.of(ProblemCode.UNAVAILABLE,
        "The jobs that depend on job " + reopened + " change faster than they can be freed; try again.");
  }

  /** Makes a reopened job the active one of its dedupe key, if it has one. */
  private static void reclaimKey(Tx tx, UUID id) {
    for (var tries = 0; tries < TRIES; tries++) {
      var rows = tx.run("job.reclaim_key", Tuple.of(id));
      if (rows.size() == 0 || rows.iterator().next().getBoolean("mine")) {
        return;
      }
      var holder = rows.iterator().next().getUUID("duplicate_of");
      if (holder != null) {
        throw ProblemException.of(ProblemCode.DUPLICATE_CONFLICT, "Job " + holder + " is active with the same dedupe_key.");
      }
      // Whoever took the key committed while the statement waited for it, so that it saw the key but not the job: the next one does.
    }
    throw ProblemException.of(ProblemCode.UNAVAILABLE,
        "The dedupe_key of job " + id + " changes hands faster than it can be looked up; try again.");
  }

  private Job end(Call call, OverrideJob in, JobStatus to, String verb, String word) {
    var place = allowed(call, in.jobId());
    call.sql().inTransaction(tx -> {
      var taken = take(tx, in.jobId());
      if (taken == null) {
        // Said again: the first time counts.
        if (statusNow(tx, in.jobId()) == to) {
          return null;
        }
        throw notNow(tx, in.jobId(), null, verb + " takes a job that has not ended");
      }
      var held = taken.status().held();
      var reason = word + " by " + call.caller().actor() + (in.reason() == null ? "" : ": " + in.reason());
      tx.run("job.end", Tuple.tuple().addUUID(in.jobId()).addLong(taken.fence()).addInteger(taken.agentNo())
          .addOffsetDateTime(taken.leasedAt()).addOffsetDateTime(taken.runningAt())
          .addShort((short) taken.attempt()).addString(held ? "cancelled" : null).addString(to.wire()).addString(verb).addString(taken.owner())
          .addString(null).addString(reason));
      var detail = detail(in.reason());
      JobStore.journal(tx, place.getInteger("namespace_id"), in.jobId(), call.caller().actor(), verb, taken.status(), to, taken.fence(),
          held ? taken.attempt() : null, detail.isEmpty() ? null : detail.toString());
      tell(tx, call, verb, place, taken.status(), to);
      tx.afterCommit(wakeUps::news);
      tx.afterCommit(() -> dependencies.settleChildrenOf(List.of(in.jobId())));
      return null;
    });
    return jobs.find(call, in.jobId());
  }

  private void tell(Tx tx, Call call, String action, Row place, JobStatus from, JobStatus to) {
    tx.afterCommit(() -> changes.overridden(call, action, place.getString("namespace"), place.getUUID("id"), from, to));
  }

  /** Takes the job out of whatever table it stands in; null when it has ended. */
  private static @Nullable Taken take(Tx tx, UUID id) {
    for (var tries = 0; tries < TRIES; tries++) {
      var rows = tx.run("job.take", Tuple.of(id));
      if (rows.size() > 0) {
        var row = rows.iterator().next();
        return new Taken(JobStatus.ofWire(row.getString("status")), row.getInteger("attempt"), row.getLong("fence"), row.getInteger("agent_no"),
            row.getOffsetDateTime("leased_at"), row.getOffsetDateTime("running_at"), row.getString("owner"));
      }
      var now = statusNow(tx, id);
      if (now != null && now.ended()) {
        return null;
      }
    }
    throw tooFast(id);
  }

  /** Gives a job that nobody holds another priority, wherever it stands. */
  private static void move(Tx tx, UUID id, int priority) {
    for (var tries = 0; tries < TRIES; tries++) {
      if (tx.run("job.reprioritize", Tuple.of(id, (short) priority)).size() > 0) {
        return;
      }
      var now = statusNow(tx, id);
      if (now != null && (now.held() || now.ended())) {
        throw notNow(id, now, "reprioritize_job takes a job that is waiting, queued or blocked");
      }
    }
    throw tooFast(id);
  }

  private static ProblemException tooFast(UUID id) {
    return ProblemException.of(ProblemCode.UNAVAILABLE, "Job " + id + " moves faster than it can be taken; try again.");
  }

  /**
   * Puts a taken job into line at its run_after, or back among the waiting when it has dependencies, which are then judged. Journalled
   * step by step, so that the journal of the job stays a way through its states.
   */
  private void putBack(Tx tx, Call call, String verb, Row place, Taken taken, @Nullable Integer queueId, boolean depends, ObjectNode detail) {
    var id = place.getUUID("id");
    var to = depends ? JobStatus.WAITING : JobStatus.QUEUED;
    var put = tx.run(depends ? "job.place_waiting" : "job.place_queued", Tuple.of(id, (short) taken.attempt(), queueId));
    JobStore.journal(tx, place.getInteger("namespace_id"), id, call.caller().actor(), verb, taken.status(), to, null, null,
        detail.isEmpty() ? null : detail.toString());
    tell(tx, call, verb, place, taken.status(), to);
    if (depends) {
      dependencies.settle(tx, List.of(id));
      tx.afterCommit(() -> dependencies.settleNow(List.of(id)));
    } else if (put.iterator().next().getBoolean("due")) {
      var hint = new ReadyHint(put.iterator().next().getInteger("queue_id"), 0, null, 1);
      tx.afterCommit(() -> wakeUps.ready(hint));
    }
    tx.afterCommit(wakeUps::news);
  }

  /** The job's place when the caller may override it: an operator, who asked for it, or whom it is addressed to. */
  private Row allowed(Call call, UUID id) {
    var rows = call.sql().run("job.place_of", Tuple.of(id));
    var place = rows.size() == 0 ? null : rows.iterator().next();
    if (place == null || !call.caller().sees(new NamespacePath(place.getString("namespace")))) {
      throw ProblemException.notFound("job", id);
    }
    var caller = call.caller();
    var agentNo = caller.agentNo();
    var self = agentNo == null ? null : directory.agentByNo(agentNo);
    var addressed = self != null && place.getString("target_kind").equals("agent") && place.getString("target_name").equals(self.name())
        && place.getInteger("target_namespace_id").equals(directory.namespaceId(self.namespace()));
    if (!caller.isOperator() && !addressed && !place.getString("source").equals(caller.actor())) {
      throw ProblemException.of(ProblemCode.FORBIDDEN,
          "Only who asked for a job, the agent it is addressed to, or an operator may do this; " + caller.actor() + " is none of them.");
    }
    return place;
  }

  /** In the transaction: a second connection, asked for by many at once, would leave none for any of them. */
  private static ProblemException notNow(Tx tx, UUID id, @Nullable Taken taken, String rule) {
    return notNow(id, taken == null ? statusNow(tx, id) : taken.status(), rule);
  }

  private static ProblemException notNow(UUID id, @Nullable JobStatus now, String rule) {
    var word = now == null ? "on the move" : now.wire();
    return ProblemException.of(ProblemCode.INVALID_TRANSITION, rule + "; job " + id + " is " + word + ".").with("status", word);
  }

  /** Where the job stands; null when it moved between two tables in this instant. */
  private static @Nullable JobStatus statusNow(Tx tx, UUID id) {
    var rows = tx.run("job.get", Tuple.of(id));
    return rows.size() == 0 ? null : JobStatus.ofWire(rows.iterator().next().getString("status"));
  }

  private static ObjectNode detail(@Nullable String reason) {
    var detail = Json.MAPPER.createObjectNode();
    return reason == null ? detail : detail.put("reason", reason);
  }
}
