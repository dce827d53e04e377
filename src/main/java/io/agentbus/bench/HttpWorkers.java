package io.agentbus.bench;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Json;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;

/** Workers that claim one job at a time with a long poll, and complete it, until so many are done. */
final class HttpWorkers {
  private final HttpCalls calls;
  private final Buffer claim;
  private final long[] claimed;
  private final Promise<Void> done = Promise.promise();
  /** Jobs that no claim has taken yet. */
  private int left;
  /** Claims under way. */
  private int asked;
  private int unfinished;

  /** @param jobs end after so many @param patienceSeconds of a claim */
  HttpWorkers(HttpCalls calls, int jobs, int patienceSeconds) {
    this.calls = calls;
    this.claim = Buffer.buffer("{\"limit\":1,\"wait_seconds\":" + patienceSeconds + "}");
    this.claimed = new long[jobs];
    this.left = jobs;
    this.unfinished = jobs;
  }

  Future<Void> run(Vertx vertx, int workers) {
    vertx.getOrCreateContext().runOnContext(ignored -> {
      for (var i = 0; i < workers; i++) {
        claim();
      }
    });
    return done.future();
  }

  /** When, on this process's clock, the job of that number was in a worker's hands; 0 = never. */
  long claimedAt(int number) {
    return claimed[number];
  }

  private void claim() {
    // No more claims under way than jobs are left: one that comes too late would hold a job that nobody ends.
    if (asked == left) {
      return;
    }
    asked++;
    calls.post("/api/v1/jobs/claim", claim).onComplete(answer -> {
      var at = System.nanoTime();
      asked--;
      if (answer.failed()) {
        done.tryFail(answer.cause());
        return;
      }
      try {
        var jobs = Json.MAPPER.readTree(answer.result().getBytes()).get("jobs");
        if (jobs.isEmpty()) {
          claim();
        } else {
          complete(jobs.get(0), at);
        }
      } catch (IOException failure) {
        done.tryFail(failure);
      }
    });
  }

  private void complete(JsonNode job, long at) {
    left--;
    var number = job.get("payload").get("number").asInt();
    if (number < claimed.length) {
      claimed[number] = at;
    }
    calls.post("/api/v1/jobs/" + job.get("id").asText() + "/complete", Buffer.buffer("{\"fence\":" + job.get("fence") + "}"))
        .onComplete(answer -> {
          if (answer.failed()) {
            done.tryFail(answer.cause());
          } else if (--unfinished == 0) {
            done.tryComplete();
          } else {
            claim();
          }
        });
  }
}
