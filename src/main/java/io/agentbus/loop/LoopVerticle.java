package io.agentbus.loop;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.ArrayList;
import java.util.List;

/** A verticle that is its loops: they begin when it is deployed, and it is undeployed when the runs under way have ended. */
public abstract class LoopVerticle extends VerticleBase {
  private final List<Loop> loops = new ArrayList<>();

  /** Makes a loop one of this verticle, before it is deployed. */
  protected final Loop own(Loop loop) {
    loops.add(loop);
    return loop;
  }

  /** What the heartbeat reports on. */
  public final List<Loop> loops() {
    return List.copyOf(loops);
  }

  @Override
  public Future<?> start() {
    loops.forEach(Loop::start);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    return Future.join(loops.stream().map(Loop::stop).toList());
  }
}
