package io.agentbus.job;

import io.agentbus.agent.Directory;
import io.agentbus.job.ExplainedJob.Blocker;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Says why a job is not running: everything in its way, who put it there and what clears it. */
public final class JobExplainer {
  private static final int COUNTED_AHEAD = 10_000;

  private final Jobs jobs;
  private final QueueStore queues;
  private final Directory directory;
  private final JobReads reads;

  public JobExplainer(Jobs jobs, QueueStore queues, Directory directory, JobReads reads) {
    this.jobs = jobs;
    this.queues = queues;
    this.directory = directory;
    this.reads = reads;
  }

  /** Explains one job. */
  public ExplainedJob explain(Call call, JobRef in) {
    var job = jobs.find(call, in.jobId());
    reads.note(call, "explain_job", job.namespace(), List.of(job.id()));
    var blockers = new ArrayList<Blocker>();
    switch (job.status()) {
      case WAITING -> addDependencies(call, job, blockers);
      case BLOCKED -> {
        addBlock(job, blockers);
        addDependencies(call, job, blockers);
      }
      case LEASED, RUNNING -> blockers.add(new Blocker("held", "attempt " + job.attemptCount() + " is held by " + job.leaseOwner() + " with fence "
          + job.fence(), job.leaseOwner(), job.leasedAt(), "its holder finishes it, or its lease ends at " + job.leasedUntil()));
      case SUCCEEDED, FAILED, DEAD, CANCELLED -> blockers.add(new Blocker("ended", "it ended " + job.status().wire()
          + (job.lastError() == null ? "" : ": " + job.lastError()), null, job.completedAt(),
          job.status() == JobStatus.SUCCEEDED ? "nothing: it is done" : "an operator's retry_job"));
      case QUEUED -> addDue(job, blockers);
    }
    if (!job.status().ended() && !job.status().held()) {
      addLine(call, job, blockers);
    }
    var claimable = job.status() == JobStatus.QUEUED && blockers.isEmpty();
    var ahead = job.status() == JobStatus.QUEUED
        ? call.sql().run("job.ahead", Tuple.of(job.id(), COUNTED_AHEAD)).iterator().next().getLong("ahead") : null;
    return new ExplainedJob(job.id(), job.status(), claimable, summary(job, blockers, ahead), blockers, ahead);
  }

  private static String summary(Job job, List<Blocker> blockers, @Nullable Long ahead) {
    if (!blockers.isEmpty()) {
      return "It is " + job.status().wire() + ": " + String.join("; ", blockers.stream().map(Blocker::detail).toList()) + ".";
    }
    return "It may be claimed now" + (ahead == null || ahead == 0 ? "; it is first in its line." : "; " + ahead + " jobs of its line go first.");
  }

  private static void addDependencies(Call call, Job job, List<Blocker> blockers) {
    for (var row : call.sql().run("job.dependencies", Tuple.of(job.id()))) {
      var status = row.getString("status");
      if (row.getValue("dropped_at") == null && !status.equals("succeeded")) {
        var bad = JobStatus.ofWire(status).ended();
        blockers.add(new Blocker("dependency", "it waits for " + row.getUUID("depends_on_job_id") + " (" + row.getString("subject") + "), which is "
            + status, null, null, bad ? "retry_job of that job, or unblock_job of this one" : "that job succeeds"));
      }
    }
  }

  private static void addBlock(Job job, List<Blocker> blockers) {
    var needs = job.needs() == null ? "unblock_job, or reassign_job" : job.needs();
    blockers.add(new Blocker("blocked", Objects.requireNonNull(job.blockedReason()), job.needsFrom(), job.updatedAt(),
        needs + (job.needsFrom() == null ? "" : ", from " + job.needsFrom()) + (job.reviewAt() == null ? "" : "; looked at again at " + job.reviewAt())));
  }

  private static void addDue(Job job, List<Blocker> blockers) {
    // Not due is what the table it stands in says; run_after alone may have passed a moment ago.
    if (job.runAfter().isAfter(OffsetDateTime.now(ZoneOffset.UTC))) {
      blockers.add(new Blocker("not_due", "it is not to start before " + job.runAfter(), null, null, "time"));
    }
  }

  /** What keeps the whole line of the job: pauses, and agents that are away, closed or full. */
  private void addLine(Call call, Job job, List<Blocker> blockers) {
    var place = call.sql().run("job.place_of", Tuple.of(job.id())).iterator().next();
    var queue = queues.byId(place.getInteger("queue_id"));
    var target = queue.kind().equals("agent") ? directory.agent(directory.namespacePath(queue.targetNamespaceId()), queue.name()) : null;
    for (var pause : call.sql().run("job.pauses", Tuple.tuple().addUUID(job.id()).addInteger(target == null ? null : target.agentNo()))) {
      blockers.add(new Blocker("paused", pause.getString("scope") + " " + (pause.getString("scope").equals("lane") ? pause.getString("lane") + " of " : "")
          + (pause.getString("scope").equals("agent") ? queue.name() + " of " : "") + pause.getString("namespace") + " is paused: "
          + pause.getString("reason"), pause.getString("paused_by"), JobRow.utc(pause, "paused_at"), "resume_" + pause.getString("scope")));
    }
    var candidates = new ArrayList<Row>();
    call.sql().run("job.candidates", Tuple.of(queue.kind(), queue.name(), directory.namespacePath(queue.targetNamespaceId()).value()))
        .forEach(candidates::add);
    if (candidates.isEmpty()) {
      var who = switch (queue.kind()) {
        case "agent" -> "no agent '" + queue.name() + "' is registered in " + directory.namespacePath(queue.targetNamespaceId());
        case "capability" -> "no agent has the capability '" + queue.name() + "'";
        case "tag" -> "no agent has the tag '" + queue.name() + "'";
        default -> "no agent is registered in " + queue.namespace() + " or above";
      };
      blockers.add(new Blocker("no_agent", who, null, null, "register_agent, or reassign_job"));
      return;
    }
    var reasons = candidates.stream().map(row -> closed(call, row)).toList();
    if (reasons.stream().allMatch(Objects::nonNull)) {
      reasons.forEach(blockers::add);
    }
  }

  /** Why this agent would not take the job now, or null when it would. */
  private @Nullable Blocker closed(Call call, Row agent) {
    var name = agent.getString("namespace") + "/" + agent.getString("name");
    if (agent.getString("desired").equals("disabled")) {
      return new Blocker("agent_disabled", "agent " + name + " is disabled", null, null, "update_agent with desired active");
    }
    if (agent.getString("desired").equals("draining")) {
      return new Blocker("agent_draining", "agent " + name + " is draining and gets no new jobs", null, null, "update_agent with desired active");
    }
    if (!agent.getBoolean("online")) {
      return new Blocker("agent_offline", "agent " + name + " was not seen in the last 90 seconds", null, JobRow.utc(agent, "last_heartbeat_at"),
          "the agent starts and claims");
    }
    var limit = agent.getInteger("concurrency");
    if (limit == null) {
      return null;
    }
    var ref = directory.agent(new NamespacePath(agent.getString("namespace")), agent.getString("name"));
    var held = ref == null ? 0 : call.sql().run("job.live_leases", Tuple.of(ref.agentNo())).iterator().next().getLong("held");
    return held < limit ? null : new Blocker("concurrency", "agent " + name + " holds " + held + " of " + limit + " jobs", null, null,
        "one of them ends, or update_agent with a higher concurrency");
  }
}
