package io.agentbus.dispatch;

import io.agentbus.agent.AgentRef;
import io.agentbus.agent.Agents;
import io.agentbus.agent.Directory;
import io.agentbus.agent.Presence;
import io.agentbus.bus.WakeUps;
import io.agentbus.db.Database;
import io.agentbus.db.HotConnection;
import io.agentbus.db.PgErrors;
import io.agentbus.inbox.MailWaits;
import io.agentbus.inbox.UrgentMail;
import io.agentbus.job.Job;
import io.agentbus.job.JobAttempts;
import io.agentbus.job.JobChanges;
import io.agentbus.job.Jobs;
import io.agentbus.job.Queue;
import io.agentbus.job.QueueStore;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.op.CallScope;
import io.agentbus.op.Limits;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The operation {@code claim_jobs}: finds out for whom, asks the desk, waits. */
public final class Claims {
  private final Directory directory;
  private final Agents agents;
  private final Presence presence;
  private final Jobs jobs;
  private final JobAttempts attempts;
  private final JobChanges changes;
  private final AgentLines lines;
  private final ClaimDesk desk;
  private final MailWaits mails;
  private final UrgentMail urgent;
  private final long pollNanos;

  /** @param pollMillis longest time for which a lost announcement is not noticed */
  public Claims(Vertx vertx, HotConnection connection, Database lookups, Directory directory, Agents agents, Presence presence, Jobs jobs,
      JobAttempts attempts, JobChanges changes, QueueStore queues, MailWaits mails, UrgentMail urgent, WakeUps wakeUps,
      long pollMillis) {
    this.directory = directory;
    this.agents = agents;
    this.presence = presence;
    this.jobs = jobs;
    this.attempts = attempts;
    this.changes = changes;
    this.lines = new AgentLines(lookups, queues);
    this.desk = new ClaimDesk(vertx, new ClaimStore(connection, queues));
    this.mails = mails;
    this.urgent = urgent;
    this.pollNanos = pollMillis * 1_000_000;
    wakeUps.hearReady(desk::ready);
  }

  /** Takes ready jobs for an agent; waits for some when there are none. */
  public ClaimedJobs claim(Call call, ClaimJobs in) {
    var agent = meant(call, in);
    presence.seen(agent.agentNo());
    if (in.claimId() != null) {
      var held = held(call, in.claimId(), agent);
      if (!held.isEmpty()) {
        return new ClaimedJobs(held);
      }
    }
    // Never within a transaction, which an Idempotency-Key opens: it would be held open for the whole wait.
    var patience = in.waitSeconds() == null || call.sql().isTransaction() ? 0 : in.waitSeconds();
    try (var mail = new ClaimMail(urgent, patience > 0 ? mails : null, call)) {
      var taken = take(call.caller().actor(), in, agent, Duration.ofSeconds(patience), mail, () -> presence.seen(agent.agentNo()));
      return taken.isEmpty() ? new ClaimedJobs(taken, mail.waiting())
          : new ClaimedJobs(in.claimId() == null ? taken : withEarlier(call, in.claimId(), agent, taken));
    }
  }

  /**
   * Takes ready jobs for an agent to whom they will be brought, by the same statement and limits; waits for some when there are none. It
   * is no sign of life of the agent. Virtual threads only.
   *
   * @param actor who brings them, for the journal
   * @param limit most jobs
   * @param leaseSeconds length of the leases
   * @param patience how long to wait; less when the {@link CallScope} of the thread ends
   */
  public List<Job> claimFor(AgentRef agent, String actor, int limit, int leaseSeconds, Duration patience) {
    var now = directory.agentByNo(agent.agentNo());
    return now == null ? List.of() : take(actor, new ClaimJobs(limit, leaseSeconds, null, null, null, null, null), now, patience, null, () -> { });
  }

  /**
   * @param mail ends the wait when something urgent comes; null = nothing does
   * @param seen called before each look but the first
   */
  private List<Job> take(String actor, ClaimJobs in, AgentRef asked, Duration patience, @Nullable ClaimMail mail, Runnable seen) {
    var agent = asked;
    var scope = CallScope.current();
    var deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      // Never longer than a poll: announcements may be lost, and lines may be made that nobody here has heard of.
      var until = Math.min(deadline, System.nanoTime() + pollNanos);
      var linesThen = lines.newest();
      var taken = ask(actor, in, agent, until, scope, mail);
      if (!taken.isEmpty()) {
        changes.claimed(actor, taken);
        if (scope.over()) {
          attempts.handBack(actor, taken, "nobody waited for the answer of the claim any more");
          return List.of();
        }
        return taken;
      }
      if (mail != null && System.nanoTime() - deadline < 0 && mail.isUrgent()) {
        return List.of();
      }
      lines.refresh();
      var changed = !lines.newest().equals(linesThen);
      if (scope.over() || (System.nanoTime() - deadline >= 0 && !changed)) {
        return List.of();
      }
      seen.run();
      var now = directory.agentByNo(agent.agentNo());
      if (now == null) {
        throw ProblemException.notFound("agent", agent.name());
      }
      agent = now;
    }
  }

  /** Answers all who wait and takes no more claims. */
  public Future<Void> stop() {
    return desk.stop();
  }

  private List<Job> ask(String actor, ClaimJobs in, AgentRef agent, long until, CallScope scope, @Nullable ClaimMail mail) {
    var announced = desk.newLines();
    lines.lookSince(announced);
    var request = new ClaimRequest(agent.agentNo(), agent.namespace() + "/" + agent.name(), actor,
        in.limit() == null ? 1 : in.limit(), in.leaseSeconds() == null ? Limits.DEFAULT.lease() : in.leaseSeconds(), in.claimId(), until,
        announced, linesOf(agent, in), agent.concurrency() != null);
    try (var _ = scope.onOver(() -> desk.leave(request))) {
      var answer = desk.submit(request);
      // Only after it was handed in, so that there is something to leave.
      try (var _ = mail == null ? null : mail.during(() -> desk.leave(request))) {
        return PgErrors.await(answer);
      }
    }
  }

  private List<Queue> linesOf(AgentRef agent, ClaimJobs in) {
    var all = lines.of(agent);
    if (in.namespace() == null) {
      return all;
    }
    var wanted = new NamespacePath(in.namespace());
    return all.stream().filter(queue -> wanted.covers(queue.namespace())).toList();
  }

  private List<Job> held(Call call, UUID claimId, AgentRef agent) {
    var ids = heldIds(call, claimId, agent);
    return ids.isEmpty() ? List.of() : jobs.getAll(call, ids);
  }

  /** With what the same claim took meanwhile in another call, whose answer may be lost. Nearly always that is nothing. */
  private List<Job> withEarlier(Call call, UUID claimId, AgentRef agent, List<Job> taken) {
    var ids = heldIds(call, claimId, agent);
    return ids.equals(taken.stream().map(Job::id).toList()) ? taken : jobs.getAll(call, ids);
  }

  private static List<UUID> heldIds(Call call, UUID claimId, AgentRef agent) {
    return call.sql().run("job.held_by_claim", Tuple.of(claimId, agent.agentNo())).stream().map(row -> row.getUUID("id")).toList();
  }

  /** The agent that claims: the token's, or for an operator the one it names, registered on the spot when it is not. */
  private AgentRef meant(Call call, ClaimJobs in) {
    var caller = call.caller();
    var own = caller.agentNo() == null ? null : directory.agentByNo(caller.agentNo());
    if (own != null) {
      if (in.namespace() != null && !caller.sees(new NamespacePath(in.namespace()))) {
        throw ProblemException.notFound("namespace", in.namespace());
      }
      refuseOther(in.targetAgent(), own, "target_agent");
      refuseOther(in.leaseOwner(), own, "lease_owner");
      return own;
    }
    if (!caller.isOperator()) {
      throw ProblemException.of(ProblemCode.FORBIDDEN, "Only an agent's token, or an operator acting for an agent, can claim.");
    }
    var name = in.targetAgent() != null ? in.targetAgent() : in.leaseOwner();
    if (name == null) {
      throw ProblemException.invalid("/target_agent", "is required for an operator: the agent for which to claim");
    }
    var namespace = directory.meant(call, in.namespace());
    var known = directory.resolve(namespace, name);
    return known != null && caller.sees(known.namespace()) ? known : agents.implicitAgent(call.sql(), namespace, name, caller.actor());
  }

  private static void refuseOther(@Nullable String named, AgentRef own, String field) {
    if (named != null && !named.equals(own.name()) && !named.equals(own.namespace() + "/" + own.name())) {
      throw ProblemException.of(ProblemCode.FORBIDDEN, field + ": the token is that of agent '" + own.name() + "'; it cannot claim for '" + named + "'.");
    }
  }
}
