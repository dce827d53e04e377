package io.agentbus.work;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.CallFailed;
import io.agentbus.client.NodeClient;
import io.agentbus.client.PendingCall;
import io.agentbus.client.Refused;
import io.agentbus.client.Trees;
import io.agentbus.client.Unreachable;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;

/** The worker verbs of a node, called with the agent's token. Thread-safe. */
final class NodeJobs {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  /** States that only the holder of a lease can bring about. */
  private static final Set<String> BY_HOLDER = Set.of("succeeded", "failed", "blocked");
  /** What every node takes as a result unless an operator has set it otherwise. */
  private static final int USUAL_RESULT_BYTES = 1 << 20;
  /** Of a request body, for what stands beside the result. */
  private static final int BESIDE_RESULT = 1024;
  private final NodeClient node;

  NodeJobs(NodeClient node) {
    this.node = node;
  }

  /** Bytes of a result that the node takes; the usual number when it does not say. */
  int resultBytes() throws CallFailed {
    return node.call("whoami", Trees.MAPPER.createObjectNode(), PATIENCE).at("/limits/result_bytes").asInt(USUAL_RESULT_BYTES);
  }

  /** The same as a refusal of too much tells it; 0 when it does not. */
  static int resultBytes(Refused refusal) {
    var problem = refusal.problem();
    return problem.path("pointer").asText().equals("/result") ? problem.path("limit").asInt()
        : Math.max(0, problem.path("limit_bytes").asInt() - BESIDE_RESULT);
  }

  /**
   * A claim, not yet sent.
   *
   * @param claimId the same one again asks for the answer of a claim whose reply was lost
   */
  PendingCall claim(UUID claimId, int limit, int leaseSeconds, int waitSeconds) {
    var input = Trees.MAPPER.createObjectNode().put("limit", limit).put("lease_seconds", leaseSeconds)
        .put("wait_seconds", waitSeconds)
        .put("claim_id", claimId.toString());
    return node.prepare("claim_jobs", input, null, PATIENCE.plusSeconds(waitSeconds));
  }

  /** A verb on a lease, tried once. */
  JsonNode call(String verb, Held job, ObjectNode more) throws CallFailed {
    return node.call(verb, Trees.MAPPER.createObjectNode().put("job_id", job.id()).put("fence", job.fence())
        .setAll(more), PATIENCE);
  }

  /**
   * A verb on a lease, tried until the node has answered: outages and busy nodes are waited for.
   *
   * @param giveUp ends the tries when it is raised
   * @throws Refused what the node said
   * @throws Unreachable after {@code giveUp}
   */
  JsonNode insist(String verb, Held job, ObjectNode more, Stop giveUp, WorkLog log)
      throws CallFailed, InterruptedException {
    var backoff = new Backoff();
    for (var tries = 1;; tries++) {
      try {
        return call(verb, job, more);
      } catch (CallFailed e) {
        if (e instanceof Refused refused && !refused.transientRefusal() || giveUp.isRaised()) {
          throw e;
        }
        if (tries == 1) {
          log.say("job.retrying", "job", job.id(), "fence", job.fence(), "verb", verb, "detail", e.getMessage());
        }
      }
      giveUp.await(backoff.pause());
    }
  }

  /**
   * Whether the job was closed by whoever holds this lease: the command itself, since this worker did not. False when
   * that cannot be told.
   */
  boolean isClosedUnder(Held held) {
    try {
      var job = node.call("get_job", Trees.MAPPER.createObjectNode().put("job_id", held.id()), PATIENCE);
      var isSameFence = !job.path("fence").isNumber() || job.path("fence").asLong() == held.fence();
      return isSameFence && BY_HOLDER.contains(job.path("status").asText());
    } catch (CallFailed e) {
      // Then the lease counts as lost, which stops the command: the safe side.
      return false;
    }
  }
}
