package io.agentbus.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One step of a sequence: what to do, and numbers from which the sequence picks who does it to which job and how. Whatever steps are
 * left out before it, it still means something, so that a failing sequence can be shrunk.
 *
 * @param who, job, a, b, c at least 0
 */
record Step(Kind kind, int who, int job, int a, int b, int c) {
  /** What is done. */
  enum Kind {
    ENQUEUE(14), ENQUEUE_TWO(2), CLAIM(18), MARK(6), RENEW(3), PROGRESS(1), COMPLETE(10), COMPLETE_MANY(2), FAIL(8), BLOCK(5), RELEASE(4),
    CANCEL(4), KILL(2), UNBLOCK(4), REASSIGN(4), REPRIORITIZE(3), RETRY(5), LAPSE(4), SWEEP(3), COME_DUE(5), REVIEW(2), DRAIN(1);

    final int weight;

    Kind(int weight) {
      this.weight = weight;
    }
  }

  private static final int SUM = java.util.Arrays.stream(Kind.values()).mapToInt(kind -> kind.weight).sum();
  private static final int SHORTEST = 8;
  private static final int LONGEST = 32;

  /** The steps of the sequence with this seed. */
  static List<Step> sequence(long seed) {
    var random = new SplittableRandom(seed);
    var steps = new ArrayList<Step>();
    for (var left = random.nextInt(SHORTEST, LONGEST + 1); left > 0; left--) {
      steps.add(new Step(kind(random.nextInt(SUM)), random.nextInt(1_000), random.nextInt(1_000), random.nextInt(1_000),
          random.nextInt(1_000), random.nextInt(1_000)));
    }
    return steps;
  }

  private static Kind kind(int at) {
    var left = at;
    for (var kind : Kind.values()) {
      left -= kind.weight;
      if (left < 0) {
        return kind;
      }
    }
    throw new IllegalArgumentException(String.valueOf(at));
  }
}
