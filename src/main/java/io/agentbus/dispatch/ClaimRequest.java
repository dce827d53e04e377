package io.agentbus.dispatch;

import io.agentbus.job.Job;
import io.agentbus.job.Queue;
import io.vertx.core.Promise;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One agent's claim on its way through the desk. Touched by the desk's event loop only, but for the answer. */
final class ClaimRequest {
  final int agentNo;
  final String owner;
  final String actor;
  final int wanted;
  final int leaseSeconds;
  final @Nullable UUID claimId;
  final long deadlineNanos;
  final Promise<List<Job>> answer = Promise.promise();
  /** The lines the agent may take from, as last looked up. */
  List<Queue> queues;
  /** {@link ClaimDesk#newLines} before they were looked up. */
  final long linesThen;
  /** Whether the desk should lock the agent's row, because its concurrency is limited. */
  boolean limited;
  /** The announcement it was woken for, until it has looked; null when nobody woke it. */
  @Nullable Hint hint;
  /** Whether nobody waits for the answer any more. */
  volatile boolean gone;

  ClaimRequest(int agentNo, String owner, String actor, int wanted, int leaseSeconds, @Nullable UUID claimId, long deadlineNanos,
      long linesThen, List<Queue> queues, boolean limited) {
    this.agentNo = agentNo;
    this.owner = owner;
    this.actor = actor;
    this.wanted = wanted;
    this.leaseSeconds = leaseSeconds;
    this.claimId = claimId;
    this.deadlineNanos = deadlineNanos;
    this.linesThen = linesThen;
    this.queues = queues;
    this.limited = limited;
  }

  boolean overdue() {
    return System.nanoTime() - deadlineNanos >= 0;
  }
}
