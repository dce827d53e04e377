package io.agentbus.insight;

import io.agentbus.loop.Aside;
import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;
import io.vertx.core.Future;

/** Writes what callers read, in batches, and what is left when the node stops. */
public final class ReadLogVerticle extends LoopVerticle {
  private final ReadLog reads;

  public ReadLogVerticle(ReadLog reads, ReadLogConfig config) {
    this.reads = reads;
    own(Loop.every("read-log", config.flushEvery(), reads::flush));
  }

  @Override
  public Future<?> stop() {
    return super.stop().compose(ignored -> Aside.run("read-log-stop", reads::flush));
  }
}
