package io.agentbus.subscription;

import io.agentbus.loop.Loop;
import io.agentbus.op.EventFeed;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Moves events on to those who subscribed: hands them out, lets others catch up, and delivers. */
public final class InboxDrainerVerticle extends VerticleBase {
  private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);

  private final InboxDrainer drainer;
  private final Loop handOut;
  private final Loop catchUp;
  private final Loop deliver;
  private final Loop sweep;
  private EventFeed.@Nullable Subscription news;

  public InboxDrainerVerticle(InboxDrainer drainer, InboxDrainerConfig config) {
    this.drainer = drainer;
    this.handOut = Loop.every("event-fan-out", config.poll(), drainer::handOut).withGap(config.gap());
    this.catchUp = Loop.paced("event-catch-up", config.poll(), drainer::catchUp);
    this.deliver = Loop.paced("inbox-drainer", config.poll(), drainer::deliver);
    this.sweep = Loop.every("delivery-sweeper", SWEEP_EVERY, drainer::sweep);
  }

  /** What the heartbeat reports on. */
  public List<Loop> loops() {
    return List.of(handOut, catchUp, deliver, sweep);
  }

  @Override
  public Future<?> start() {
    drainer.onDue(deliver::wake);
    drainer.onChanges(() -> {
      handOut.wake();
      catchUp.wake();
      deliver.wake();
    });
    news = drainer.onNews(() -> {
      if (drainer.wantsNews()) {
        handOut.wake();
      }
    });
    loops().forEach(Loop::start);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    if (news != null) {
      news.close();
    }
    return Future.join(handOut.stop(), catchUp.stop(), deliver.stop(), sweep.stop()).compose(ignored -> drainer.stop());
  }
}
