package io.agentbus.event;

import io.agentbus.bus.WakeUps;
import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;
import io.vertx.core.Future;

/** Gives committed rows their positions soon after each commit, then wakes those that follow the events. */
public final class SequencerVerticle extends LoopVerticle {
  private final WakeUps wakeUps;
  private final Loop loop;

  public SequencerVerticle(Sequencer sequencer, EventLog log, WakeUps wakeUps, SequencerConfig config) {
    this.wakeUps = wakeUps;
    this.loop = own(Loop.every("sequencer", config.poll(), () -> log.reached(sequencer.run().newest())).withGap(config.gap()));
  }

  @Override
  public Future<?> start() {
    wakeUps.hearNews(loop::wake);
    return super.start();
  }
}
