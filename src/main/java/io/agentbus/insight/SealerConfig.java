package io.agentbus.insight;

import java.time.Duration;

/**
 * Settings of the journal sealer.
 *
 * @param sealEvery pause between two seals while the journal grows slowly: so long can a row stay unprotected
 * @param rowsPerSeal most rows under one seal
 */
public record SealerConfig(Duration sealEvery, int rowsPerSeal) {
  public SealerConfig {
    if (sealEvery.toMillis() < 10) {
      throw new IllegalArgumentException("seal-every must be at least 10ms, not " + sealEvery);
    }
    if (rowsPerSeal < 2_048 || rowsPerSeal > 100_000) {
      throw new IllegalArgumentException("rows-per-seal must be between 2048, the largest block, and 100000, not " + rowsPerSeal);
    }
  }
}
