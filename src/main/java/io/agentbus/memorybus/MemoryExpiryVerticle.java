package io.agentbus.memorybus;

import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;

/** Removes what is over on the memory bus. Nobody waits for it: what has expired is not there for readers, removed or not. */
public final class MemoryExpiryVerticle extends LoopVerticle {
  /** Batches of one round, so that a round ends. */
  private static final int BATCHES = 50;

  private final MemoryExpiry expiry;
  private final MemoryExpiryConfig config;

  public MemoryExpiryVerticle(MemoryExpiry expiry, MemoryExpiryConfig config) {
    this.expiry = expiry;
    this.config = config;
    own(Loop.every("memory-expiry", config.sweepEvery(), this::sweep));
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
