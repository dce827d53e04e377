package io.agentbus.memorybus;

import io.agentbus.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;

/** Removes what is over on the memory bus. Nobody waits for it: what has expired is not there for readers, removed or not. */
public final class MemoryExpiryVerticle extends VerticleBase {
  /** Batches of one round, so that a round ends. */
  private static final int BATCHES = 50;

  private final MemoryExpiry expiry;
  private final MemoryExpiryConfig config;
  private final Loop loop;

  public MemoryExpiryVerticle(MemoryExpiry expiry, MemoryExpiryConfig config) {
    this.expiry = expiry;
    this.config = config;
    this.loop = Loop.every("memory-expiry", config.sweepEvery(), this::sweep);
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

  private void sweep() {
    for (var i = 0; i < BATCHES && expiry.removeExpired(config.batchSize()) > 0; i++) {
      // The next namespace, or the next batch.
    }
    for (var i = 0; i < BATCHES && expiry.removeDecided(config.decidedKept(), config.batchSize()) == config.batchSize(); i++) {
      // The next batch.
    }
  }
}
