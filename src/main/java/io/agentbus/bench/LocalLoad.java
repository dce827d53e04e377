package io.agentbus.bench;

import io.agentbus.dispatch.ClaimJobs;
import io.agentbus.job.CompleteJob;
import io.agentbus.job.CompleteJobs;
import io.agentbus.job.EnqueueJob;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/** Producers and workers in the node's own process. */
final class LocalLoad {
  private static final String FILLING = "x".repeat(170);
  private final LocalNode node;

  LocalLoad(LocalNode node) {
    this.node = node;
  }

  /** One job with a payload of about 200 bytes. @param priority 1..1000, or null for the default */
  static EnqueueJob job(String agent, int number, @Nullable Integer priority) {
    var payload = Json.MAPPER.createObjectNode().put("number", number).put("filling", FILLING);
    return new EnqueueJob(null, agent, null, null, "bench.job", null, null, priority, null, payload, null, null, null, null, null, null, null,
        null, null, null, null);
  }

  /**
   * Enqueues jobs one by one from many threads, each waiting for its commit.
   *
   * @param agents the jobs go to these in turn
   * @param spread whether priorities differ
   */
  void enqueue(List<String> agents, int jobs, int threads, boolean spread) {
    var next = new AtomicInteger();
    inThreads(threads, ignored -> {
      for (var i = next.getAndIncrement(); i < jobs; i = next.getAndIncrement()) {
        var priority = spread ? (int) (i * 7_919L % 1_000) + 1 : null;
        node.bus().jobs().enqueue(node.call(node.operator()), job(agents.get(i % agents.size()), i, priority));
      }
    });
  }

  /**
   * Claims and completes until so many jobs are done.
   *
   * @param workers each claims for one of the agents in turn
   * @param atOnce jobs a claim asks for
   * @return nanoseconds until the last of them was finished; workers that found nothing end a little later
   */
  long drain(List<Caller> agents, int jobs, int workers, int atOnce) {
    var left = new AtomicInteger(jobs);
    var finished = new AtomicLong();
    var started = System.nanoTime();
    inThreads(workers, worker -> {
      var call = node.call(agents.get(worker % agents.size()));
      while (left.get() > 0) {
        var claimed = node.bus().claims().claim(call, new ClaimJobs(atOnce, null, 1, null, null, null, null)).jobs();
        if (claimed.isEmpty()) {
          continue;
        }
        var finishes = new ArrayList<CompleteJob>(claimed.size());
        for (var job : claimed) {
          finishes.add(new CompleteJob(job.id(), job.fence(), null, null, null, null, null, null, null));
        }
        for (var entry : node.bus().attempts().completeMany(call, new CompleteJobs(finishes)).jobs()) {
          if (entry.code() != null) {
            throw new IllegalStateException("a finish was refused: " + entry);
          }
        }
        if (left.addAndGet(-claimed.size()) <= 0) {
          finished.compareAndSet(0, System.nanoTime());
        }
      }
    });
    return finished.get() - started;
  }

  private interface Work {
    void run(int number);
  }

  private static void inThreads(int count, Work work) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var running = new ArrayList<Future<?>>();
      for (var i = 0; i < count; i++) {
        var number = i;
        running.add(threads.submit(() -> work.run(number)));
      }
      for (var one : running) {
        one.get();
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("a thread of the load failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
