package io.agentbus.campaign;

import io.agentbus.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;

/** Looks for phases of campaigns that nobody hears of any more. */
public final class CampaignSweeperVerticle extends VerticleBase {
  private final CampaignSweeps sweeps;
  private final CampaignSweeperConfig config;
  private final Loop loop;

  public CampaignSweeperVerticle(CampaignSweeps sweeps, CampaignSweeperConfig config) {
    this.sweeps = sweeps;
    this.config = config;
    this.loop = Loop.every("campaign-sweeper", config.sweepEvery(), this::sweep);
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
    sweeps.sweep(config.batchSize(), config.outageAfter().toMillis() / 1_000.0, config.outageGrace().toMillis() / 1_000.0);
  }
}
