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
 * The bus as numbers: changes of state as this node made them, how long jobs wait and run, and where jobs stand. The connections in use are
 * told by Vert.x itself, as {@code vertx_pool_*} of the pool {@code agentbus}.
 */
public final class Metrics implements Consumer<StateChange> {
  /** What a sample counts up to: beyond it a gauge says only "at least so many". */
  static final int COUNTED_TO = 100_000;
  private static final Duration[] BUCKETS = List.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000, 120_000,
      300_000, 600_000).stream().map(Duration::ofMillis).toArray(Duration[]::new);
  private static final List<String> STATES = List.of("ready", "scheduled", "waiting", "blocked", "leased", "expired");
  /** Most kinds of changes told apart; there are far fewer, and a mistake must not fill the registry. */
  private static final int MAX_KINDS = 1_000;

  private record Kind(String action, String from, String to) {}

  private final MeterRegistry registry;
  private final Database database;
  private final Map<Kind, Counter> changes = new ConcurrentHashMap<>();
  private final Map<String, AtomicLong> depths = new ConcurrentHashMap<>();
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
    for (var state : STATES) {
      var depth = new AtomicLong();
      depths.put(state, depth);
      Gauge.builder("agentbus.jobs", depth, AtomicLong::doubleValue).tag("state", state)
          .description("Jobs that stand there, counted up to " + COUNTED_TO).register(registry);
    }
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

  /** Looks where jobs stand, in one bounded statement. Virtual threads only. */
  public void sample() {
    var row = database.run("insight.depths", Tuple.of(COUNTED_TO)).iterator().next();
    depths.forEach((state, depth) -> depth.set(row.getLong(state)));
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
