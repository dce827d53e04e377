package io.agentbus.job;

import io.agentbus.op.Call;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.sqlclient.Tuple;
import java.util.UUID;

/** Why a worker verb changed nothing: the same finish said twice, a lost lease, or a job that is not there. */
final class AttemptProblems {
  private final Jobs jobs;

  AttemptProblems(Jobs jobs) {
    this.jobs = jobs;
  }

  /** The first answer when this very finish was accepted before, else the refusal. */
  Job answerOrRefuse(Call call, UUID id, long fence, String verb) {
    var rows = call.sql().run("job.closing_of", Tuple.of(id, fence));
    if (rows.size() > 0) {
      var closing = rows.iterator().next();
      var agentNo = call.caller().agentNo();
      if (closing.getString("verb").equals(verb) && (agentNo == null || agentNo.equals(closing.getInteger("agent_no")))) {
        return JobRow.asLeft(jobs.find(call, id), closing, fence);
      }
    }
    throw refusal(call, id, fence, verb);
  }

  /** The refusal, journalled: someone tried to act on an attempt that is not theirs any more. */
  ProblemException refusal(Call call, UUID id, long fence, String verb) {
    var job = jobs.find(call, id);
    var place = call.sql().run("job.place_of", Tuple.of(id)).iterator().next();
    var detail = Json.MAPPER.createObjectNode().put("refused", ProblemCode.LEASE_LOST.wire()).put("status", job.status().wire());
    if (!call.sql().isTransaction()) {
      JobStore.journal(call.sql(), place.getInteger("namespace_id"), id, call.caller().actor(), verb, null, null, fence, null, detail.toString());
    }
    var why = job.status().held()
        ? job.fence() != null && job.fence() == fence ? "it is held by " + job.leaseOwner() : "it was claimed again with fence " + job.fence()
        : job.status().ended() ? "it has ended" : "its lease ended";
    var problem = ProblemException.of(ProblemCode.LEASE_LOST,
        "Job " + id + " is not yours with fence " + fence + " any more: " + why + "; it is " + job.status().wire() + " now.")
        .with("status", job.status().wire()).with("job_id", id.toString());
    return job.fence() == null ? problem : problem.with("current_fence", job.fence());
  }
}
