package io.agentbus.sim;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.app.BusSettings;
import io.agentbus.job.RetryPolicy;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.testkit.PgDatabase;
import io.agentbus.testkit.TestBus;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Everybody does everything at once to a few jobs that hang together, on two nodes: claims, finishes, overrides, sweeps. Nothing may fail
 * but with a refusal that the specification knows, and afterwards the rules hold. Prints its seed; repeat with {@code -Dsim.seed=}.
 */
class CrowdTest {
  @RegisterExtension
  static final PgDatabase DATABASE = new PgDatabase();
  private static final int THREADS = 24;
  /** Jobs among which the crowd chooses: the newest so many. */
  private static final int IN_REACH = 30;
  private static final RetryPolicy QUICK = new RetryPolicy(0.01, 0.1);

  private final List<String> ids = new CopyOnWriteArrayList<>();
  private final ConcurrentLinkedQueue<JsonNode> claimed = new ConcurrentLinkedQueue<>();
  private final Map<ProblemCode, Integer> refusals = new EnumMap<>(ProblemCode.class);
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  @Test
  @Timeout(120)
  void a_crowd_at_a_few_jobs_leaves_them_whole() {
    crowd(12_000);
  }

  @Test
  @Tag("chaos")
  @Timeout(1_800)
  void a_large_crowd_at_a_few_jobs_leaves_them_whole() {
    crowd(300_000);
  }

  private void crowd(int calls) {
    var seed = Long.getLong("sim.seed", System.nanoTime());
    System.out.println("CrowdTest: " + calls + " calls, -Dsim.seed=" + seed);
    var random = new SplittableRandom(seed);
    try (var first = open("node-1"); var second = open("node-2")) {
      var agents = List.of(first.agent("default", "one", 1), first.agent("default", "two", 2), first.agent("default", "many", 0));
      for (var i = 0; i < IN_REACH; i++) {
        enqueue(first, random);
      }
      var threads = new ArrayList<Thread>();
      for (var i = 0; i < THREADS; i++) {
        var node = i % 2 == 0 ? first : second;
        var dice = random.split();
        threads.add(Thread.ofVirtual().start(() -> {
          for (var left = calls / THREADS; left > 0 && failures.isEmpty(); left--) {
            act(node, agents, dice);
          }
        }));
      }
      threads.forEach(CrowdTest::join);
      System.out.println("CrowdTest: " + ids.size() + " jobs, refusals " + refusals);
      assertThat(failures).isEmpty();
      first.await(() -> first.bus().dependencies().sweep(1_000));
      first.await(() -> first.bus().sequencer().run());
    }
    Invariants.check(DATABASE);
  }

  private static TestBus open(String name) {
    return TestBus.open(DATABASE, new BusSettings(name, "test", List.of("api"), TestBus.home(), 16, QUICK, 2_000));
  }

  private void act(TestBus node, List<Caller> agents, SplittableRandom dice) {
    try {
      switch (dice.nextInt(18)) {
        case 0 -> enqueue(node, dice);
        case 1, 2, 3 -> node.call(agents.get(dice.nextInt(3)), "claim_jobs", "{\"limit\": 2, \"lease_seconds\": 1}").get("jobs").forEach(claimed::add);
        case 4, 5 -> attempt(node, "complete_job", "");
        case 6 -> attempt(node, "fail_job", ", \"last_error\": \"e\"");
        case 7 -> attempt(node, "fail_job", ", \"last_error\": \"e\", \"retry_seconds\": 0");
        case 8 -> attempt(node, "block_job", ", \"blocked_reason\": \"r\", \"review_after_seconds\": 1");
        case 9 -> attempt(node, dice.nextBoolean() ? "mark_running_job" : "renew_job_lease", "");
        case 10 -> override(node, dice, "cancel_job", "");
        case 11, 12 -> override(node, dice, "retry_job", "");
        case 13 -> override(node, dice, "unblock_job", "");
        case 14 -> override(node, dice, "reassign_job", ", \"target_agent\": \"" + List.of("one", "two", "many").get(dice.nextInt(3)) + "\"");
        case 15 -> override(node, dice, "reprioritize_job", ", \"priority\": " + (1 + dice.nextInt(1_000)));
        case 16 -> override(node, dice, dice.nextInt(3) == 0 ? "kill_job" : "cancel_job", "");
        default -> node.await(() -> {
          node.bus().sweeps().moveDue(100);
          node.bus().sweeps().expire(100);
          node.bus().sweeps().review(100);
          return null;
        });
      }
    } catch (ProblemException refusal) {
      synchronized (refusals) {
        refusals.merge(refusal.code(), 1, Integer::sum);
      }
      if (refusal.code() == ProblemCode.INTERNAL || refusal.code() == ProblemCode.NOT_FOUND) {
        failures.add(refusal);
      }
    } catch (RuntimeException failure) {
      failures.add(failure);
    }
  }

  private void enqueue(TestBus node, SplittableRandom dice) {
    var more = new StringBuilder();
    if (dice.nextInt(3) > 0 && !ids.isEmpty()) {
      more.append(", \"depends_on\": [\"").append(any(dice)).append("\"]");
    }
    if (dice.nextInt(4) == 0) {
      more.append(", \"dedupe_key\": \"k").append(dice.nextInt(3)).append('"');
    }
    var keyed = dice.nextInt(4) == 0 ? UUID.randomUUID().toString() : null;
    ids.add(node.call(TestBus.operator(), "enqueue_job", "{\"subject\": \"s\", \"max_attempts\": 3, \"target_agent\": \""
        + List.of("one", "two", "many").get(dice.nextInt(3)) + "\"" + more + "}", keyed).get("id").asText());
  }

  private void attempt(TestBus node, String verb, String more) {
    var job = claimed.poll();
    if (job == null) {
      return;
    }
    if (verb.startsWith("mark") || verb.startsWith("renew")) {
      claimed.add(job);
    }
    node.call(TestBus.operator(), verb, "{\"job_id\": " + job.get("id") + ", \"fence\": " + job.get("fence") + more + "}");
  }

  private void override(TestBus node, SplittableRandom dice, String verb, String more) {
    node.call(TestBus.operator(), verb, "{\"job_id\": \"" + any(dice) + "\"" + more + "}");
  }

  private String any(SplittableRandom dice) {
    var all = ids.size();
    return ids.get(all - 1 - dice.nextInt(Math.min(all, IN_REACH)));
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(interrupted);
    }
  }
}
