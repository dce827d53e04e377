package io.agentbus.insight;

import io.agentbus.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;

/** Looks now and then where jobs stand, for the gauges. */
public final class MetricsVerticle extends VerticleBase {
  private final Loop loop;

  public MetricsVerticle(Metrics metrics, MetricsConfig config) {
    this.loop = Loop.every("metrics", config.sampleEvery(), metrics::sample);
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
}
