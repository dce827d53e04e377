package io.agentbus.sim;

import io.agentbus.sim.ModelJob.Closed;
import io.agentbus.sim.ModelJob.Held;
import io.agentbus.sim.ModelJob.Status;
import io.agentbus.sim.ModelJob.Target;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of jobs as the specification tells it, for one namespace and one caller at a time: what each call must answer and
 * what it changes. Knows nothing of tables and statements.
 */
final class JobModel {
  static final String FORBIDDEN = "forbidden";
  static final String NOT_FOUND = "not_found";
  static final String INVALID_INPUT = "invalid_input";
  static final String INVALID_TRANSITION = "invalid_transition";
  static final String LEASE_LOST = "lease_lost";
  static final String DUPLICATE_CONFLICT = "duplicate_conflict";

  /**
   * Who calls. @param rights of read, ask, work, operate; @param inside whether the namespace lies within its walls
   */
  record Who(String name, boolean agent, boolean inside, Set<String> rights) {
    boolean operator() {
      return rights.contains("operate");
    }
  }

  /** An agent of the namespace. @param limit most live leases, null = not limited; @param takes whose jobs it may take */
  record Worker(String name, @Nullable Integer limit, Set<Target> takes) {}

  /** What a call must answer. @param code of the refusal, null = accepted; @param status, attempts of the job then, null = not told */
  record Answer(@Nullable String code, @Nullable Status status, @Nullable Integer attempts) {
    static Answer refused(String code) {
      return new Answer(code, null, null);
    }

    static Answer of(ModelJob job) {
      return new Answer(null, job.status, job.attemptCount());
    }

    static Answer done() {
      return new Answer(null, null, null);
    }
  }

  final List<ModelJob> jobs = new ArrayList<>();
  final Set<String> draining = new java.util.HashSet<>();
  private final Map<String, Worker> workers = new HashMap<>();
  private long clock = 1;

  JobModel(List<Worker> workers) {
    workers.forEach(worker -> this.workers.put(worker.name(), worker));
  }

  long tick() {
    return clock++;
  }

  /** The job that an enqueue with this key would answer, or null. */
  @Nullable ModelJob active(Target target, @Nullable String key) {
    return key == null ? null : jobs.stream()
        .filter(job -> key.equals(job.key) && job.target.equals(target) && !job.status.ended()).findFirst().orElse(null);
  }

  /** Adds a job; its dependencies are judged at once. */
  void add(ModelJob job) {
    jobs.add(job);
    if (job.dependsOnSomething()) {
      job.status = Status.WAITING;
      settle(job);
    }
  }

  /** The jobs that a claim takes, in order. */
  List<ModelJob> claimable(String agent, int wanted) {
    var worker = java.util.Objects.requireNonNull(workers.get(agent));
    if (draining.contains(agent)) {
      return List.of();
    }
    var held = (int) jobs.stream().filter(job -> job.held != null && job.held.agent().equals(agent)).count();
    var most = worker.limit() == null ? wanted : Math.min(wanted, worker.limit() - held);
    return jobs.stream().filter(job -> job.status == Status.QUEUED && !job.delayed && worker.takes().contains(job.target))
        .sorted(order()).limit(Math.max(0, most)).toList();
  }

  /** Claim order: priority, then time, then age. */
  private static Comparator<ModelJob> order() {
    return Comparator.<ModelJob>comparingInt(job -> -job.priority).thenComparingLong(job -> job.due)
        .thenComparing(job -> job.knownId().toString());
  }

  /** The open leases that a repeated claim answers, in claim order. */
  List<ModelJob> heldBy(String agent, UUID claimId) {
    return jobs.stream().filter(job -> job.held != null && job.held.agent().equals(agent) && claimId.equals(job.held.claimId()))
        .sorted(order()).toList();
  }

  /** A claim handed the job out. */
  void leased(ModelJob job, String agent, long fence, @Nullable UUID claimId) {
    job.status = Status.LEASED;
    job.held = new Held(agent, fence, claimId);
    job.lastFence = fence;
    job.lapsed = false;
  }

  /** Why a worker verb is refused, or null when the attempt is the caller's. */
  private @Nullable String notHeld(Who who, @Nullable ModelJob job, long fence) {
    if (job == null || !who.inside()) {
      return NOT_FOUND;
    }
    var held = job.held;
    return held != null && held.fence() == fence && (who.operator() || held.agent().equals(who.name())) ? null : LEASE_LOST;
  }

  /** mark_running_job. */
  Answer mark(Who who, @Nullable ModelJob job, long fence) {
    var refusal = notHeld(who, job, fence);
    if (refusal != null || job == null) {
      return Answer.refused(String.valueOf(refusal));
    }
    job.status = Status.RUNNING;
    return Answer.of(job);
  }

  /** renew_job_lease and report_progress, which change no status. */
  Answer touch(Who who, @Nullable ModelJob job, long fence, boolean renews) {
    var refusal = notHeld(who, job, fence);
    if (refusal != null || job == null) {
      return Answer.refused(String.valueOf(refusal));
    }
    job.lapsed &= !renews;
    return Answer.done();
  }

  /** How an attempt is to be closed. @param to QUEUED stands for again while attempts are left */
  record Finish(String verb, String attemptStatus, boolean counted, Status to, boolean delayed, @Nullable String review) {}

  /** complete_job, fail_job, block_job, release_job. */
  Answer finish(Who who, @Nullable ModelJob job, long fence, Finish how) {
    var refusal = notHeld(who, job, fence);
    if (refusal != null || job == null) {
      var first = job == null || !who.inside() ? null : job.closed.stream().filter(one -> one.fence() != null && one.fence() == fence
          && one.verb().equals(how.verb()) && (who.operator() || who.name().equals(one.agent()))).findFirst().orElse(null);
      return first == null ? Answer.refused(String.valueOf(refusal)) : new Answer(null, first.after(), null);
    }
    close(job, how);
    return Answer.of(job);
  }

  private void close(ModelJob job, Finish how) {
    var held = java.util.Objects.requireNonNull(job.held);
    var attempt = job.used + 1;
    var to = how.to() == Status.QUEUED && how.counted() && attempt >= job.maxAttempts ? Status.DEAD : how.to();
    job.closed.add(new Closed(held.fence(), attempt, how.attemptStatus(), how.counted(), to, how.verb(), held.agent()));
    job.used = how.counted() ? attempt : job.used;
    job.held = null;
    job.status = to;
    if (to == Status.QUEUED) {
      job.due = tick();
      job.delayed = how.delayed();
    }
    job.review = to == Status.BLOCKED ? how.review() : null;
    job.blockedByDependency = false;
    if (to.ended()) {
      settleChildren(job);
    }
  }

  /** Ends the lapsed leases as a sweep does; answers those queued again and those dead. */
  Map<Status, List<ModelJob>> sweep() {
    var swept = new HashMap<Status, List<ModelJob>>();
    for (var job : List.copyOf(jobs)) {
      if (job.held != null && job.lapsed) {
        close(job, new Finish("sweep", "timed_out", true, Status.QUEUED, true, null));
        swept.computeIfAbsent(job.status, ignored -> new ArrayList<>()).add(job);
      }
    }
    return swept;
  }

  private @Nullable String notAllowed(Who who, @Nullable ModelJob job) {
    if (job == null || !who.inside()) {
      return NOT_FOUND;
    }
    var addressed = who.agent() && job.target.equals(new Target("agent", who.name()));
    return who.operator() || addressed || job.source.equals(who.name()) ? null : FORBIDDEN;
  }

  /** cancel_job and kill_job. */
  Answer end(Who who, @Nullable ModelJob job, Status to, String verb) {
    var refusal = notAllowed(who, job);
    if (refusal != null || job == null) {
      return Answer.refused(String.valueOf(refusal));
    }
    if (job.status.ended()) {
      return job.status == to ? Answer.of(job) : Answer.refused(INVALID_TRANSITION);
    }
    var held = job.held;
    job.used = job.attemptCount();
    job.closed.add(held == null ? new Closed(null, job.used, null, false, to, verb, null)
        : new Closed(held.fence(), job.used, "cancelled", true, to, verb, held.agent()));
    job.held = null;
    job.review = null;
    job.status = to;
    settleChildren(job);
    return Answer.of(job);
  }

  /** unblock_job. */
  Answer unblock(Who who, @Nullable ModelJob job) {
    var refusal = notAllowed(who, job);
    if (refusal != null || job == null) {
      return Answer.refused(String.valueOf(refusal));
    }
    if (job.status != Status.BLOCKED) {
      return Answer.refused(INVALID_TRANSITION);
    }
    job.dependencies.replaceAll((parent, dropped) -> dropped || parent.status.endedBadly());
    putBack(job);
    return Answer.of(job);
  }

  /** reassign_job. */
  Answer reassign(Who who, @Nullable ModelJob job, Target target) {
    var refusal = notAllowed(who, job);
    if (refusal != null || job == null) {
      return Answer.refused(String.valueOf(refusal));
    }
    if (job.status.held() || job.status.ended()) {
      return Answer.refused(INVALID_TRANSITION);
    }
    if (!target.equals(job.target) && active(target, job.key) != null) {
      return Answer.refused(DUPLICATE_CONFLICT);
    }
    job.target = target;
    putBack(job);
    return Answer.of(job);
  }

  /** reprioritize_job. */
  Answer reprioritize(Who who, @Nullable ModelJob job, int priority) {
    var refusal = notAllowed(who, job);
    if (refusal != null || job == null) {
      return Answer.refused(String.valueOf(refusal));
    }
    if (job.status.held() || job.status.ended()) {
      return Answer.refused(INVALID_TRANSITION);
    }
    job.priority = priority;
    return Answer.of(job);
  }

  /** retry_job. */
  Answer retry(Who who, @Nullable ModelJob job, boolean later) {
    var refusal = notAllowed(who, job);
    if (refusal != null || job == null) {
      return Answer.refused(String.valueOf(refusal));
    }
    if (!job.status.endedBadly()) {
      return Answer.refused(INVALID_TRANSITION);
    }
    if (active(job.target, job.key) != null) {
      return Answer.refused(DUPLICATE_CONFLICT);
    }
    job.used = 0;
    job.due = tick();
    job.delayed = later;
    putBack(job);
    for (var child : jobs) {
      if (child.status == Status.BLOCKED && child.blockedByDependency && Boolean.FALSE.equals(child.dependencies.get(job))) {
        child.status = Status.WAITING;
        settle(child);
      }
    }
    return Answer.of(job);
  }

  /** The review of a blocked job came. */
  void review(ModelJob job) {
    if ("dead".equals(job.review)) {
      job.closed.add(new Closed(null, job.used, null, false, Status.DEAD, "review", null));
      job.status = Status.DEAD;
      settleChildren(job);
    } else {
      job.status = Status.QUEUED;
    }
    job.review = null;
  }

  private void putBack(ModelJob job) {
    job.blockedByDependency = false;
    job.review = null;
    job.status = job.dependsOnSomething() ? Status.WAITING : Status.QUEUED;
    settle(job);
  }

  private void settleChildren(ModelJob parent) {
    for (var child : jobs) {
      if (Boolean.FALSE.equals(child.dependencies.get(parent))) {
        settle(child);
      }
    }
  }

  private static void settle(ModelJob job) {
    if (job.status != Status.WAITING) {
      return;
    }
    var open = job.dependencies.entrySet().stream().filter(entry -> !entry.getValue()).map(Map.Entry::getKey).toList();
    if (open.stream().anyMatch(parent -> parent.status.endedBadly())) {
      job.status = Status.BLOCKED;
      job.blockedByDependency = true;
    } else if (open.stream().allMatch(parent -> parent.status == Status.SUCCEEDED)) {
      job.status = Status.QUEUED;
    }
  }
}
