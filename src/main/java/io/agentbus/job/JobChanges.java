package io.agentbus.job;

import io.agentbus.job.JobStore.Close;
import io.agentbus.job.JobStore.Closed;
import io.agentbus.job.JobStore.Marked;
import io.agentbus.journal.StateChange;
import io.agentbus.journal.StateChanges;
import io.agentbus.op.Call;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Tells the committed changes of jobs as {@link StateChange}s. Call after the commit, on a virtual thread. */
public final class JobChanges {
  private final StateChanges changes;
  private final QueueStore queues;

  public JobChanges(StateChanges changes, QueueStore queues) {
    this.changes = changes;
    this.queues = queues;
  }

  /** Jobs were put in. */
  void enqueued(List<NewJob> jobs) {
    for (var job : jobs) {
      changes.said(StateChange.of("enqueue_job", job.actor(), job.queue().namespace().value(), job.id(), null, job.waits() ? "waiting" : "queued"));
    }
  }

  /** Jobs were handed out. */
  public void claimed(String actor, List<Job> jobs) {
    for (var job : jobs) {
      var leasedAt = Objects.requireNonNull(job.leasedAt());
      var since = job.runAfter().isAfter(job.createdAt()) ? job.runAfter() : job.createdAt();
      var waited = since.isBefore(leasedAt) ? Duration.between(since, leasedAt) : Duration.ZERO;
      changes.said(new StateChange("claim_jobs", actor, job.namespace(), job.id(), "queued", "leased", job.fence(), job.attemptCount(), job.leaseOwner(),
          waited, null));
    }
  }

  /** An attempt was marked as running. */
  void marked(String actor, UUID id, long fence, Marked marked) {
    if (marked.first()) {
      changes.said(new StateChange("mark_running_job", actor, namespace(marked.queueId()), id, "leased", "running", fence, marked.attempt(), null, null, null));
    }
  }

  /** A job succeeded. */
  void completed(String actor, UUID id, long fence, int attempt, String owner, int queueId, boolean ran, Duration held) {
    changes.said(new StateChange("complete_job", actor, namespace(queueId), id, ran ? "running" : "leased", "succeeded", fence, attempt, owner, null, held));
  }

  /** An attempt was closed in another way. */
  void closed(Close wish, @Nullable Closed closed) {
    if (closed != null) {
      changes.said(new StateChange(wish.verb(), wish.actor(), namespace(closed.queueId()), closed.id(), closed.before().wire(), closed.status().wire(),
          closed.fence(), closed.attempt(), closed.owner(), null, closed.held()));
    }
  }

  /** Somebody else than the holder changed a job. */
  void overridden(Call call, String action, String namespace, UUID id, JobStatus from, JobStatus to) {
    changes.said(StateChange.of(action, call.caller().actor(), namespace, id, from.wire(), to.wire()));
  }

  /** The bus itself changed a job. */
  void byItself(String action, int queueId, UUID id, JobStatus from, JobStatus to) {
    changes.said(StateChange.of(action, "bus", namespace(queueId), id, from.wire(), to.wire()));
  }

  private String namespace(int queueId) {
    return queues.byId(queueId).namespace().value();
  }
}
