package io.agentbus.insight;

import io.agentbus.db.Database;
import io.agentbus.journal.StateChange;
import io.agentbus.loop.Loop;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * The bus as numbers: changes of state as this node made them, how long jobs wait and run, and how much
 * stands where. The connections in use are told by Vert.x itself, as {@code vertx_pool_*} of the pool {@code agentbus}.
 */
public final class Metrics implements Consumer<StateChange> {
  /** What a sample counts up to: beyond it a gauge says only "at least so many". */
  static final int COUNTED_TO = 100_000;
  private static final Duration[] BUCKETS = List.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000,
      300_000, 600_000).stream().map(Duration::ofMillis).toArray(Duration[]::new);
  /** What a sample looks at. */
  private static final List<Depth> DEPTHS = List.of(
      new Depth("agentbus.jobs", "ready", "ready"), new Depth("agentbus.jobs", "scheduled", "scheduled"), new Depth("agentbus.jobs", "waiting", "waiting"),
      new Depth("agentbus.jobs", "blocked", "blocked"), new Depth("agentbus.jobs", "leased", "leased"), new Depth("agentbus.jobs", "expired", "expired"),
      new Depth("agentbus.messages", "unread", "messages_unread"), new Depth("agentbus.messages", "deferred", "messages_deferred"),
      new Depth("agentbus.deliveries", "pending", "deliveries_pending"), new Depth("agentbus.deliveries", "dead", "deliveries_dead"),
      new Depth("agentbus.webhooks", "waiting", "webhooks_waiting"), new Depth("agentbus.webhooks", "dead", "webhooks_dead"),
      new Depth("agentbus.subscriptions", "active", "active"), new Depth("agentbus.subscriptions", "paused", "paused"),
      new Depth("agentbus.subscriptions", "disabled", "disabled"), new Depth("agentbus.subscriptions", "behind", "behind"));
  /** Most kinds of changes told apart; there are far fewer, and a mistake must not fill the registry. */
  private static final int MAX_KINDS = 1_000;

  /** A gauge of how many stand in a state, and the column of the sample that says it. */
  private record Depth(String meter, String state, String column) {}

  private record Kind(String action, String from, String to) {}

  private final MeterRegistry registry;
  private final Database database;
  private final Map<Kind, Counter> changes = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> depths = new ConcurrentHashMap<>();
  private final AtomicLong behind = new AtomicLong();
  private final AtomicLong unsequenced = new AtomicLong();
  private final AtomicLong unsealed = new AtomicLong();
  private final AtomicLong position = new AtomicLong();
  private final Timer pickUp;
  private final Timer run;

  public Metrics(MeterRegistry registry, Database database) {
    this.registry = registry;
    this.database = database;
    pickUp = Timer.builder("agentbus.job.pickup").description("From when a job could be claimed until it was").serviceLevelObjectives(BUCKETS)
        .register(registry);
    run = Timer.builder("agentbus.job.run").description("From the claim until the attempt was closed").serviceLevelObjectives(BUCKETS)
        .register(registry);
    for (var depth : DEPTHS) {
      var level = new AtomicLong();
      depths.put(depth.column(), level);
      Gauge.builder(depth.meter(), level, AtomicLong::doubleValue).tag("state", depth.state())
          .description("How many stand there, counted up to " + COUNTED_TO).register(registry);
    }
    Gauge.builder("agentbus.events.behind", behind, AtomicLong::doubleValue)
        .description("Positions that subscriptions have not been served yet").register(registry);
    Gauge.builder("agentbus.journal.unsequenced", unsequenced, AtomicLong::doubleValue)
        .description("Statements whose journal rows have no position yet").register(registry);
    Gauge.builder("agentbus.journal.unsealed", unsealed, AtomicLong::doubleValue).description("Journal rows that no seal covers yet")
        .register(registry);
    FunctionCounter.builder("agentbus.journal.rows", position, AtomicLong::doubleValue).description("Journal rows that have a position")
        .register(registry);
  }

  /** Counts a change that this node made. Any thread, does not wait. */
  @Override
  public void accept(StateChange change) {
    counter(change).increment();
    if (change.waited() != null) {
      pickUp.record(change.waited());
    }
    if (change.ran() != null) {
      run.record(change.ran());
    }
  }

  /** Shows how a loop gets on. Once for each loop. */
  public void watch(Loop loop) {
    var since = Instant.now();
    TimeGauge.builder("agentbus.loop.age", loop, TimeUnit.MILLISECONDS,
            of -> Duration.between(of.lastRun() == null ? since : of.lastRun(), Instant.now()).toMillis())
        .tag("loop", loop.name()).description("Since a run of the loop last ended well").register(registry);
    FunctionCounter.builder("agentbus.loop.failures", loop, Loop::failures).tag("loop", loop.name()).description("Runs of the loop that failed")
        .register(registry);
  }

  /** Looks how much stands where, in one bounded statement. Virtual threads only. */
  public void sample() {
    var row = database.run("insight.depths", Tuple.of(COUNTED_TO)).iterator().next();
    depths.forEach((column, level) -> level.set(row.getLong(column)));
    behind.set(row.getLong("events_behind"));
    unsequenced.set(row.getLong("unsequenced"));
    position.set(row.getLong("position"));
    unsealed.set(Math.max(0, row.getLong("position") - row.getLong("sealed")));
  }

  private Counter counter(StateChange change) {
    var kind = new Kind(change.action(), change.from() == null ? "none" : change.from(), change.to());
    var known = changes.get(kind);
    if (known != null) {
      return known;
    }
    var counted = changes.size() < MAX_KINDS ? kind : new Kind("other", "other", "other");
    return changes.computeIfAbsent(counted, of -> Counter.builder("agentbus.state.changes").tag("action", of.action()).tag("from", of.from())
        .tag("to", of.to()).description("Changes of jobs' states that this node made").register(registry));
  }
}
