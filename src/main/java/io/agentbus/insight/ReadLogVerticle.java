package io.agentbus.insight;

import io.agentbus.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;

/** Writes what callers read, in batches, and what is left when the node stops. */
public final class ReadLogVerticle extends VerticleBase {
  private final ReadLog reads;
  private final Loop loop;

  public ReadLogVerticle(ReadLog reads, ReadLogConfig config) {
    this.reads = reads;
    this.loop = Loop.every("read-log", config.flushEvery(), reads::flush);
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
    return loop.stop().compose(ignored -> Aside.run("read-log-stop", reads::flush));
  }
}
