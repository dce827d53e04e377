package io.agentbus.bench;

import java.util.Random;

/** Enqueues jobs at a given rate, whether earlier ones have been answered or not. */
final class PacedPosts {
  /** The same in every run, so that two runs can be compared. */
  private static final long SEED = 20_26;

  private final HttpCalls calls;
  private final String agent;
  private final double gapNanos;
  private final long[] sent;
  private final long[] answered;
  private final Random random = new Random(SEED);
  private int next;
  private int left;

  /** @param rate jobs a second */
  PacedPosts(HttpCalls calls, String agent, int jobs, double rate) {
    this.calls = calls;
    this.agent = agent;
    this.gapNanos = 1e9 / rate;
    this.sent = new long[jobs];
    this.answered = new long[jobs];
    this.left = jobs;
  }

  /** Begins; all goes on on the loop. */
  void start(LoadLoop loop) {
    post(loop, System.nanoTime());
  }

  boolean done() {
    return left == 0;
  }

  /** The moment before the POST. */
  long sentAt(int number) {
    return sent[number];
  }

  /** The moment of its answer. */
  long answeredAt(int number) {
    return answered[number];
  }

  private void post(LoadLoop loop, double due) {
    var number = next++;
    var request = calls.request("/api/v1/jobs", HttpLoad.body(agent, number));
    sent[number] = System.nanoTime();
    calls.send("/api/v1/jobs", request, answer -> {
      answered[number] = System.nanoTime();
      left--;
    });
    if (next < sent.length) {
      // Uneven on purpose: an even pace may fall in step with a timer of the node.
      var then = due + gapNanos * (0.5 + random.nextDouble());
      loop.at((long) then, () -> post(loop, then));
    }
  }
}
