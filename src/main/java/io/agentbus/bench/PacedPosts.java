package io.agentbus.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.Random;

/** Enqueues jobs at a given rate, whether earlier ones have been answered or not. */
final class PacedPosts {
  /** The same in every run, so that two runs can be compared. */
  private static final long SEED = 20_26;
  private static final long TICK_MILLIS = 1;

  private final HttpCalls calls;
  private final List<Buffer> bodies;
  private final double gapNanos;
  private final long[] sent;
  private final long[] answered;
  private final Random random = new Random(SEED);
  private final Promise<Void> done = Promise.promise();
  private int next;
  private int left;
  private double due;

  /** @param rate jobs a second */
  PacedPosts(HttpCalls calls, String agent, int jobs, double rate) {
    this.calls = calls;
    this.bodies = HttpLoad.bodies(agent, jobs);
    this.gapNanos = 1e9 / rate;
    this.sent = new long[jobs];
    this.answered = new long[jobs];
    this.left = jobs;
  }

  Future<Void> run(Vertx vertx) {
    vertx.getOrCreateContext().runOnContext(ignored -> {
      due = System.nanoTime();
      tick(vertx);
    });
    return done.future();
  }

  /** The moment before the POST. */
  long sentAt(int number) {
    return sent[number];
  }

  /** The moment of its answer. */
  long answeredAt(int number) {
    return answered[number];
  }

  private void tick(Vertx vertx) {
    while (next < sent.length && System.nanoTime() >= due) {
      post(next++);
      // Uneven on purpose: an even pace may fall in step with a timer of the node.
      due += gapNanos * (0.5 + random.nextDouble());
    }
    if (next < sent.length) {
      vertx.setTimer(TICK_MILLIS, ignored -> tick(vertx));
    }
  }

  private void post(int number) {
    sent[number] = System.nanoTime();
    calls.post("/api/v1/jobs", bodies.get(number)).onComplete(answer -> {
      answered[number] = System.nanoTime();
      if (answer.failed()) {
        done.tryFail(answer.cause());
      } else if (--left == 0) {
        done.tryComplete();
      }
    });
  }
}
