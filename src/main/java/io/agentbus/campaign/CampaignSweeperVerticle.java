package io.agentbus.campaign;

import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;
import java.time.Duration;

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
    own(Loop.every("campaign-clock", config.sweepEvery(), this::tick));
    own(Loop.every("campaign-removals", config.sweepEvery(), this::remove));
  }

  private void sweep() {
    // First of all: time in which no node looked is not charged to anyone.
    tick();
    sweeps.look(config.batchSize(), seconds(config.reportWithin()));
  }

  /** Has a loop of its own too: a look or a removal that has much to do must not look like an outage. */
  private void tick() {
    sweeps.tick(seconds(config.outageAfter()), seconds(config.outageGrace()));
  }

  private void remove() {
    removals.remove(config.endedKept(), config.batchSize());
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1_000.0;
  }
}
