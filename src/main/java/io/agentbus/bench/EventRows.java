package io.agentbus.bench;

import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** How soon a subscriber has what somebody else stated, within the process of a node: from the commit to the answer of a waiting reader. */
final class EventRows {
  private static final int RATE = 500;
  /** The same in every run, so that two runs can be compared. */
  private static final long SEED = 20_26;

  private final BenchPlan plan;
  private final BenchReport report;
  private final LocalNode node;

  EventRows(BenchPlan plan, BenchReport report, LocalNode node) {
    this.plan = plan;
    this.report = report;
    this.node = node;
  }

  void all() throws InterruptedException {
    var middle = new ArrayList<Double>();
    var slow = new ArrayList<Double>();
    try (var _ = node.drains()) {
      for (var i = 0; i < plan.repeats(); i++) {
        var nanos = times(node.agent("bench-subscriber-" + i, 0), "bench.event_" + i);
        middle.add(Figures.percentileMillis(nanos, 0.5));
        slow.add(Figures.percentileMillis(nanos, 0.99));
      }
    }
    var name = "in the process: event committed to subscriber's inbox, " + RATE + "/s";
    report.add(BenchRow.of("local.event_inbox_p50", name + ", p50", "ms", middle));
    report.add(BenchRow.of("local.event_inbox_p99", name + ", p99", "ms", slow).atMost(100.0));
  }

  /** From the end of each emit, which is after its commit, to the answer with its message. The first second does not count. */
  private long[] times(Caller subscriber, String topic) throws InterruptedException {
    var subscription = node.invoke(subscriber, "subscribe", Json.MAPPER.createObjectNode().put("to", "inbox").put("topic", topic));
    var count = RATE * (plan.pickupSeconds() + 1);
    var committed = new long[count];
    var seen = new long[count];
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      var reader = threads.submit(() -> {
        var after = 0L;
        for (var left = count; left > 0;) {
          var page = node.invoke(subscriber, "inbox", Json.MAPPER.createObjectNode().put("after_arrival", after).put("limit", 500).put("wait_seconds", 30));
          var at = System.nanoTime();
          for (var message : page.get("items")) {
            seen[message.at("/payload/event/payload/number").asInt()] = at;
            after = message.get("arrival").asLong();
            left--;
            threads.submit(() -> node.invoke(subscriber, "ack_message", Json.MAPPER.createObjectNode().put("message_id", message.get("id").asText())));
          }
        }
        return after;
      });
      var random = new Random(SEED);
      var due = System.nanoTime();
      for (var i = 0; i < count; i++) {
        var number = i;
        LockSupport.parkNanos(due - System.nanoTime());
        threads.submit(() -> {
          node.invoke(node.operator(), "emit_event", Json.MAPPER.createObjectNode().put("topic", topic)
              .set("payload", Json.MAPPER.createObjectNode().put("number", number)));
          committed[number] = System.nanoTime();
        });
        // Uneven on purpose: an even pace may fall in step with a timer of the node.
        due += (long) (1e9 / RATE * (0.5 + random.nextDouble()));
      }
      reader.get();
    } catch (ExecutionException failure) {
      throw new IllegalStateException("the reader failed: " + failure.getCause(), failure.getCause());
    }
    node.invoke(subscriber, "unsubscribe", Json.MAPPER.createObjectNode().put("subscription_id", subscription.get("id").asText()));
    var nanos = new long[count - RATE];
    for (var i = RATE; i < count; i++) {
      // A reader may have it before its sender's answer.
      nanos[i - RATE] = Math.max(0, seen[i] - committed[i]);
    }
    return nanos;
  }
}
