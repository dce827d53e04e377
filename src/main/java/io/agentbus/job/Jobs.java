package io.agentbus.job;

import io.agentbus.agent.Directory;
import io.agentbus.db.Sql;
import io.agentbus.job.JobStore.Enqueued;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Enqueues jobs and reads them. */
public final class Jobs {
  /** How often a dedupe key may slip away between two looks before the caller is asked to try again. */
  private static final int KEY_TRIES = 10;

  private final JobPlanner planner;
  private final JobBatches batches;
  private final Dependencies dependencies;
  private final JobReads reads;
  private final JobChanges changes;

  public Jobs(Directory directory, QueueStore queues, JobBatches batches, Dependencies dependencies, JobReads reads, JobChanges changes) {
    this.planner = new JobPlanner(directory, queues);
    this.batches = batches;
    this.dependencies = dependencies;
    this.reads = reads;
    this.changes = changes;
  }

  JobPlanner planner() {
    return planner;
  }

  /** Puts one job in, or answers the active one with the same dedupe key. */
  public Job enqueue(Call call, EnqueueJob in) {
    var job = planner.plan(call, List.of(in), "", null, null).getFirst();
    if (call.sql().isTransaction() || job.waits()) {
      return call.sql().inTransaction(tx -> write(tx, List.of(job))).getFirst();
    }
    var answer = batches.enqueue.call(job);
    if (answer.duplicate()) {
      return existing(call.sql(), job, answer);
    }
    changes.enqueued(List.of(job));
    return job.asJob(answer.at(), status(job));
  }

  /** Puts many jobs in, all or nothing. */
  public EnqueuedJobs enqueueMany(Call call, EnqueueJobs in) {
    if (in.jobs().isEmpty()) {
      throw ProblemException.invalid("/jobs", "must hold at least one job");
    }
    var jobs = planner.plan(call, in.jobs(), "/jobs", null, null);
    return new EnqueuedJobs(call.sql().inTransaction(tx -> write(tx, jobs)));
  }

  /** One job, for a caller who may see it. */
  public Job get(Call call, JobRef in) {
    var job = find(call, in.jobId());
    reads.note(call, "get_job", job.namespace(), List.of(job.id()));
    return job;
  }

  /** Jobs that the caller is known to hold, in this order. */
  public List<Job> getAll(Call call, List<UUID> ids) {
    return call.sql().run("job.get_many", Tuple.tuple().addArrayOfUUID(ids.toArray(UUID[]::new))).stream().map(JobRow::ofView).toList();
  }

  /** The job, or {@code not_found} in the same words when it is absent and when it lies outside the caller's walls. */
  Job find(Call call, UUID id) {
    var rows = call.sql().run("job.get", Tuple.of(id));
    var job = rows.size() == 0 ? null : JobRow.ofView(rows.iterator().next());
    if (job == null || !call.caller().sees(new NamespacePath(job.namespace()))) {
      throw ProblemException.notFound("job", id);
    }
    return job;
  }

  /** Writes planned jobs as part of a transaction; wakes others after its commit. */
  List<Job> write(Sql tx, List<NewJob> jobs) {
    var answers = new ArrayList<>(JobStore.enqueued(jobs, tx.run("job.enqueue", JobStore.enqueue(jobs))));
    var written = new ArrayList<Job>(jobs.size());
    var waiting = new ArrayList<UUID>();
    var children = new ArrayList<UUID>();
    var parents = new ArrayList<UUID>();
    for (var i = 0; i < jobs.size(); i++) {
      var job = jobs.get(i);
      var answer = answers.get(i);
      var one = answer.duplicate() ? existing(tx, job, answer) : job.asJob(answer.at(), status(job));
      written.add(one);
      if (!one.id().equals(job.id())) {
        continue;
      }
      for (var parent : job.dependsOn()) {
        children.add(job.id());
        parents.add(replaced(parent, jobs, written));
      }
      if (job.waits()) {
        waiting.add(job.id());
      }
    }
    if (!waiting.isEmpty()) {
      tx.run("job.add_dependencies", Tuple.tuple().addArrayOfUUID(children.toArray(UUID[]::new)).addArrayOfUUID(parents.toArray(UUID[]::new)));
      var decided = dependencies.settle(tx, waiting);
      written.replaceAll(job -> decided.containsKey(job.id())
          ? JobRow.withEnqueueAnswer(reread(tx, job.id()), false, job.warnings()) : job);
      // A parent may end between our look and our commit: whoever commits last sees the other.
      tx.afterCommit(() -> dependencies.settleNow(waiting));
    }
    var fresh = new ArrayList<NewJob>();
    for (var i = 0; i < jobs.size(); i++) {
      if (!answers.get(i).duplicate()) {
        fresh.add(jobs.get(i));
      }
    }
    tx.afterCommit(() -> changes.enqueued(fresh));
    tx.afterCommit(() -> batches.sayEnqueued(jobs, answers));
    return written;
  }

  /** A dependency on a job of the same call that turned out to be a duplicate means the job that was there. */
  private static UUID replaced(UUID parent, List<NewJob> jobs, List<Job> written) {
    for (var i = 0; i < written.size(); i++) {
      if (jobs.get(i).id().equals(parent)) {
        return written.get(i).id();
      }
    }
    return parent;
  }

  private static Job reread(Sql sql, UUID id) {
    return JobRow.ofView(sql.run("job.get", Tuple.of(id)).iterator().next());
  }

  private static JobStatus status(NewJob job) {
    return job.waits() ? JobStatus.WAITING : JobStatus.QUEUED;
  }

  /** The active job that holds the key. Found in the same instant it may be gone again: then the job is enqueued after all. */
  private Job existing(Sql sql, NewJob job, Enqueued answer) {
    var holder = answer.duplicateOf();
    for (var tries = 0; tries < KEY_TRIES; tries++) {
      if (holder == null) {
        holder = holderOf(sql, job);
      }
      if (holder != null) {
        var rows = sql.run("job.get", Tuple.of(holder));
        if (rows.size() > 0) {
          return JobRow.withEnqueueAnswer(JobRow.ofView(rows.iterator().next()), true, null);
        }
        holder = null;
        continue;
      }
      var again = JobStore.enqueued(List.of(job), sql.run("job.enqueue", JobStore.enqueue(List.of(job)))).getFirst();
      if (!again.duplicate()) {
        sql.afterCommit(() -> changes.enqueued(List.of(job)));
        sql.afterCommit(() -> batches.sayEnqueued(List.of(job), List.of(again)));
        return job.asJob(again.at(), status(job));
      }
      holder = again.duplicateOf();
    }
    throw ProblemException.of(ProblemCode.UNAVAILABLE,
        "dedupe_key '" + job.dedupeKey() + "' changes hands faster than it can be looked up; try again.");
  }

  private static @Nullable UUID holderOf(Sql sql, NewJob job) {
    var rows = sql.run("job.find_duplicate", Tuple.of(job.queue().targetId(), job.queue().namespaceId(), Objects.requireNonNull(job.dedupeKey())));
    return rows.size() == 0 ? null : rows.iterator().next().getUUID("job_id");
  }
}
