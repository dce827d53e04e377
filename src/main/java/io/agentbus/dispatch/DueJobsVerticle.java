package io.agentbus.dispatch;

import io.agentbus.job.LeaseSweeps;
import io.agentbus.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;

/** Makes jobs claimable when their time comes: sleeps until the next one is due, and never longer than a poll. */
public final class DueJobsVerticle extends VerticleBase {
  private final LeaseSweeps sweeps;
  private final DueJobsConfig config;
  private final Loop loop;

  public DueJobsVerticle(LeaseSweeps sweeps, DueJobsConfig config) {
    this.sweeps = sweeps;
    this.config = config;
    this.loop = Loop.paced("due-jobs", config.poll(), this::moveDue);
  }

  /** What the heartbeat reports on. */
  public List<Loop> loops() {
    return List.of(loop);
  }

  @Override
  public Future<?> start() {
    loop.start();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    return loop.stop();
  }

  private Duration moveDue() {
    while (sweeps.moveDue(config.batchSize()) == config.batchSize()) {
      // More are due.
    }
    var next = sweeps.nextDueMillis();
    return next == null || next > config.poll().toMillis() ? config.poll() : Duration.ofMillis(next + 1);
  }
}
