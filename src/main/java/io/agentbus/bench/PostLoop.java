package io.agentbus.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;

/** Enqueues jobs, one a POST, from clients that each wait for their answer before the next. */
final class PostLoop {
  private final HttpCalls calls;
  private final List<Buffer> bodies;
  private final long[] nanos;
  private final Promise<Void> done = Promise.promise();
  private int next;
  private int left;

  PostLoop(HttpCalls calls, String agent, int jobs) {
    this.calls = calls;
    this.bodies = HttpLoad.bodies(agent, jobs);
    this.nanos = new long[jobs];
    this.left = jobs;
  }

  Future<Void> run(Vertx vertx, int clients) {
    vertx.getOrCreateContext().runOnContext(ignored -> {
      for (var i = 0; i < clients; i++) {
        post();
      }
    });
    return done.future();
  }

  /** What each call took; complete when the run has ended. */
  long[] nanos() {
    return nanos;
  }

  private void post() {
    if (next == nanos.length) {
      return;
    }
    var number = next++;
    var sent = System.nanoTime();
    calls.post("/api/v1/jobs", bodies.get(number)).onComplete(answer -> {
      nanos[number] = System.nanoTime() - sent;
      if (answer.failed()) {
        done.tryFail(answer.cause());
      } else if (--left == 0) {
        done.tryComplete();
      } else {
        post();
      }
    });
  }
}
