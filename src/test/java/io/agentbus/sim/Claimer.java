package io.agentbus.sim;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;

/** One worker: claims for an agent at one node and does with each job what its dice say. */
final class Claimer implements Runnable {
  private static final int ZOMBIES = 20;

  private final Fleet fleet;
  private final Fleet.Member self;
  private final int node;
  private final SplittableRandom random;
  private final Ledger ledger;
  /** Attempts left without a word, whose fence is tried later. */
  private final List<JsonNode> left = new ArrayList<>();

  Claimer(Fleet fleet, Fleet.Member self, int node, SplittableRandom random, Ledger ledger) {
    this.fleet = fleet;
    this.self = self;
    this.node = node;
    this.random = random;
    this.ledger = ledger;
  }

  @Override
  public void run() {
    try {
      while (!ledger.over()) {
        var claim = UUID.randomUUID().toString();
        var input = "{\"limit\": " + (1 + random.nextInt(5)) + ", \"lease_seconds\": 1, \"wait_seconds\": 1"
            + (random.nextBoolean() ? ", \"claim_id\": \"" + claim + "\"}" : "}");
        var jobs = fleet.ask(node, self.token(), "claim_jobs", input).get("jobs");
        for (var job : jobs) {
          ledger.claimed(job, claim);
        }
        for (var job : jobs) {
          work(job);
        }
      }
    } catch (RuntimeException | AssertionError failure) {
      ledger.failed(failure);
    }
  }

  private void work(JsonNode job) {
    if (random.nextInt(3) == 0) {
      say("mark_running_job", job, "");
    }
    if (random.nextInt(10) == 0) {
      say("renew_job_lease", job, "");
    }
    var dice = random.nextInt(100);
    // A limited agent that dies often holds up its own line for a second each time.
    var deaths = self.limit() == 0 ? 6 : 1;
    if (dice < deaths) {
      left.add(job);
    } else if (dice < 15) {
      say("fail_job", job, "\"last_error\": \"e\", \"retry_seconds\": 0");
    } else if (dice < 20) {
      say("fail_job", job, "\"last_error\": \"e\", \"retry\": true");
    } else if (dice < 27) {
      say("release_job", job, "");
    } else if (dice < 34) {
      if (say("block_job", job, "\"blocked_reason\": \"r\", \"review_after_seconds\": 1")) {
        unblock(job);
      }
    } else {
      complete(job);
    }
    if (!left.isEmpty() && (left.size() > ZOMBIES || random.nextInt(20) == 0)) {
      complete(left.remove(random.nextInt(left.size())));
    }
  }

  private void complete(JsonNode job) {
    if (say("complete_job", job, "\"summary\": \"done\"")) {
      ledger.completed(job);
    }
  }

  private void unblock(JsonNode job) {
    try {
      fleet.asOperator("unblock_job", "{\"job_id\": " + job.get("id") + "}");
    } catch (ProblemException refusal) {
      // Its review, or an earlier try whose answer was lost, came first.
      ledger.allowed(refusal, ProblemCode.INVALID_TRANSITION);
    }
  }

  /** Whether it was accepted; a lost lease is the only refusal there may be. */
  private boolean say(String verb, JsonNode job, String more) {
    var attempt = Fleet.attempt(job).toString();
    try {
      fleet.ask(node, self.token(), verb, more.isEmpty() ? attempt : attempt.substring(0, attempt.length() - 1) + ", " + more + "}");
      return true;
    } catch (ProblemException refusal) {
      ledger.allowed(refusal, ProblemCode.LEASE_LOST);
      return false;
    }
  }
}
