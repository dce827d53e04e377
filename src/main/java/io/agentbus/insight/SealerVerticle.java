package io.agentbus.insight;

import io.agentbus.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;

/** Seals the journal so that edits, deletions and reordering are noticed. */
public final class SealerVerticle extends VerticleBase {
  private final JournalSealer sealer;
  private final Loop loop;

  public SealerVerticle(JournalSealer sealer, SealerConfig config) {
    this.sealer = sealer;
    this.loop = Loop.every("journal-sealer", config.sealEvery(), () -> seal(config.rowsPerSeal()));
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

  /** Goes on while seals come back full, so that a busy journal does not run away from its seals. */
  private void seal(int rowsPerSeal) {
    long rows;
    do {
      rows = sealer.run();
    } while (rows > rowsPerSeal - 2_048);
  }
}
