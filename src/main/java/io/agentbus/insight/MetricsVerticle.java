package io.agentbus.insight;

import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;

/** Looks now and then how much stands where, for the gauges. */
public final class MetricsVerticle extends LoopVerticle {

  public MetricsVerticle(Metrics metrics, MetricsConfig config) {
    own(Loop.every("metrics", config.sampleEvery(), metrics::sample));
  }
}
