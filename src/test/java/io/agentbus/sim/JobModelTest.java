package io.agentbus.sim;

import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.app.BusSettings;
import io.agentbus.job.RetryPolicy;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Random sequences of calls, right and wrong ones, against a model of the state machine. A run prints its seed; to repeat it give
 * {@code -Dsim.seed=}, to repeat one sequence alone {@code -Dsim.sequence=}.
 */
class JobModelTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final int LANES = 32;
  private static final int SHRINK_TRIES = 200;
  private static final int TOLD_EVERY = 5_000;
  /** Back-off so long that nothing comes due by itself while the test runs. */
  private static final RetryPolicy SLOW = new RetryPolicy(10_000_000, 40_000_000);
  private static final AtomicInteger LANE_NUMBERS = new AtomicInteger();
  private static TestBus bus;

  @BeforeAll
  static void open() {
    bus = TestBus.open(DATABASE, new BusSettings("test", "test", List.of("api"), TestBus.home(), 16, SLOW, 2_000));
  }

  @AfterAll
  static void close() {
    bus.close();
  }

  @Test
  @Timeout(120)
  void a_thousand_random_sequences_agree_with_the_model() {
    run(1_000);
  }

  @Test
  @Tag("chaos")
  @Timeout(3_600)
  void a_hundred_thousand_random_sequences_agree_with_the_model() {
    run(100_000);
  }

  private record Failure(long seed, List<Step> steps, Throwable cause, List<String> trace) {}

  private static void run(int sequences) {
    var alone = Long.getLong("sim.sequence");
    var seed = Long.getLong("sim.seed", System.nanoTime());
    System.out.println("JobModelTest: " + sequences + " sequences, -Dsim.seed=" + seed);
    var began = System.nanoTime();
    var next = new AtomicInteger();
    var done = new AtomicInteger();
    var steps = new AtomicInteger();
    var failure = new AtomicReference<@Nullable Failure>();
    var lanes = new ConcurrentLinkedQueue<Lane>();
    var threads = new ArrayList<Thread>();
    for (var i = 0; i < (alone == null ? LANES : 1); i++) {
      threads.add(Thread.ofVirtual().start(() -> {
        try (var lane = lane()) {
          for (var at = next.getAndIncrement(); at < sequences && failure.get() == null; at = next.getAndIncrement()) {
            var own = alone == null ? mix(seed, at) : alone;
            var list = Step.sequence(own);
            steps.addAndGet(list.size());
            var found = attempt(lane, own, list);
            if (found != null) {
              failure.compareAndSet(null, found);
              return;
            }
            var ended = done.incrementAndGet();
            if (ended % TOLD_EVERY == 0) {
              System.out.println("JobModelTest: " + ended + " sequences agree after " + Duration.ofNanos(System.nanoTime() - began).toSeconds() + " s");
            }
            if (alone != null) {
              return;
            }
          }
        } catch (Throwable cause) {
          failure.compareAndSet(null, new Failure(seed, List.of(), cause, List.of("a lane could not be opened")));
        }
      }));
    }
    threads.forEach(JobModelTest::join);
    var took = Duration.ofNanos(System.nanoTime() - began);
    System.out.println("JobModelTest: " + done + " sequences, " + steps + " steps, " + took.toMillis() + " ms");
    if (failure.get() != null) {
      throw report(failure.get());
    }
    assertThat(done.get()).isEqualTo(alone == null ? sequences : 1);
    bus.await(() -> bus.bus().sequencer().run());
    Invariants.check(DATABASE);
  }

  private static Lane lane() {
    return new Lane(bus, DATABASE, "sim/lane" + LANE_NUMBERS.incrementAndGet());
  }

  private static @Nullable Failure attempt(Lane lane, long seed, List<Step> steps) {
    var sequence = new Sequence(lane);
    try {
      sequence.run(steps);
      return null;
    } catch (Throwable cause) {
      return new Failure(seed, steps, cause, sequence.trace());
    }
  }

  /** The shortest list of steps found that still fails, each try in a lane of its own. */
  private static AssertionError report(Failure failure) {
    var shortest = failure;
    var tries = 0;
    for (var width = Math.max(1, failure.steps().size() / 2); width >= 1 && tries < SHRINK_TRIES; width = width == 1 ? 0 : width / 2) {
      var from = 0;
      while (from < shortest.steps().size() && tries++ < SHRINK_TRIES) {
        var fewer = new ArrayList<>(shortest.steps());
        fewer.subList(from, Math.min(from + width, fewer.size())).clear();
        try (var lane = lane()) {
          var again = attempt(lane, failure.seed(), fewer);
          if (again == null) {
            from += width;
          } else {
            shortest = again;
          }
        }
      }
    }
    var text = new StringBuilder("sequence -Dsim.sequence=" + failure.seed() + ": " + shortest.cause() + "\nshrunk from " + failure.steps().size()
        + " steps to " + shortest.steps().size() + ":");
    shortest.steps().forEach(step -> text.append("\n  ").append(step));
    text.append("\nwhich did:");
    shortest.trace().forEach(line -> text.append("\n  ").append(line));
    return new AssertionError(text.toString(), shortest.cause());
  }

  private static long mix(long seed, int number) {
    return new java.util.SplittableRandom(seed + 0x9E3779B97F4A7C15L * (number + 1L)).nextLong();
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      thread.interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}
