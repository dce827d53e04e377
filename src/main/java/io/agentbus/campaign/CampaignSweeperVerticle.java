package io.agentbus.campaign;

import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;

/** Looks for phases of campaigns that nobody hears of any more, and removes campaigns that ended long ago. */
public final class CampaignSweeperVerticle extends LoopVerticle {
  private final CampaignSweeps sweeps;
  private final CampaignRemovals removals;
  private final CampaignSweeperConfig config;

  public CampaignSweeperVerticle(CampaignSweeps sweeps, CampaignRemovals removals, CampaignSweeperConfig config) {
    this.sweeps = sweeps;
    this.removals = removals;
    this.config = config;
    own(Loop.every("campaign-sweeper", config.sweepEvery(), this::sweep));
  }

  private void sweep() {
    sweeps.sweep(config.batchSize(), config.outageAfter().toMillis() / 1_000.0, config.outageGrace().toMillis() / 1_000.0);
    removals.remove(config.endedKept(), config.batchSize());
  }
}
