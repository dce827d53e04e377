package io.agentbus.dispatch;

import io.agentbus.op.Effect;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.op.Route;
import java.util.List;

/** The operations of the dispatcher. */
public final class DispatchOperations {
  public static final Operation<Claims, ClaimJobs, ClaimedJobs> CLAIM_JOBS = new Operation<>("claim_jobs",
      "Takes ready jobs for an agent and opens a lease on each; waits for work when there is none.", Right.WORK, Effect.WRITE,
      Route.post("/jobs/claim"), Claims.class, ClaimJobs.class, ClaimedJobs.class, Claims::claim);

  public static final List<Operation<?, ?, ?>> ALL = List.of(CLAIM_JOBS);

  private DispatchOperations() {}
}
