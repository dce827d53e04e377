package io.agentbus.journal;

import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One committed change of a job's state, as the node that made it tells it.
 *
 * @param action the operation or rule that made it, as in the journal: {@code enqueue_job}, {@code claim_jobs}, {@code sweep}
 * @param actor who, as in the journal: {@code agent:acme/devops}, {@code token:operator}, {@code bus}
 * @param namespace of the job
 * @param job its id
 * @param from state before; null for a new job
 * @param to state after
 * @param fence of the attempt it concerns, or null
 * @param attempt number of that attempt, or null
 * @param agent who holds or held the lease, or null
 * @param waited of a claim: how long the job could have been claimed before it was; else null
 * @param ran of the end of an attempt: how long it was held; else null
 */
public record StateChange(String action, String actor, String namespace, UUID job, @Nullable String from, String to, @Nullable Long fence,
    @Nullable Integer attempt, @Nullable String agent, @Nullable Duration waited, @Nullable Duration ran) {

  /** A change that neither opens nor closes an attempt. */
  public static StateChange of(String action, String actor, String namespace, UUID job, @Nullable String from, String to) {
    return new StateChange(action, actor, namespace, job, from, to, null, null, null, null, null);
  }
}
