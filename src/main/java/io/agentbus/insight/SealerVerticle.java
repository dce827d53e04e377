package io.agentbus.insight;

import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;

/** Seals the journal so that edits, deletions and reordering are noticed. */
public final class SealerVerticle extends LoopVerticle {
  private final JournalSealer sealer;

  public SealerVerticle(JournalSealer sealer, SealerConfig config) {
    this.sealer = sealer;
    own(Loop.every("journal-sealer", config.sealEvery(), () -> seal(config.rowsPerSeal())));
  }

  /** Goes on while seals come back full, so that a busy journal does not run away from its seals. */
  private void seal(int rowsPerSeal) {
    long rows;
    do {
      rows = sealer.run();
    } while (rows > rowsPerSeal - 2_048);
  }
}
