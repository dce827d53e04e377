package io.agentbus.event;

import io.agentbus.bus.WakeUps;
import io.agentbus.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;

/** Gives committed rows their positions soon after each commit, then wakes those that follow the events. */
public final class SequencerVerticle extends VerticleBase {
  private final WakeUps wakeUps;
  private final Loop loop;

  public SequencerVerticle(Sequencer sequencer, EventLog log, WakeUps wakeUps, SequencerConfig config) {
    this.wakeUps = wakeUps;
    this.loop = Loop.every("sequencer", config.poll(), () -> log.reached(sequencer.run().newest())).withGap(config.gap());
  }

  /** What the heartbeat reports on. */
  public List<Loop> loops() {
    return List.of(loop);
  }

  @Override
  public Future<?> start() {
    wakeUps.hearNews(loop::wake);
    loop.start();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    return loop.stop();
  }
}
