package io.agentbus.subscription;

import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;
import io.agentbus.op.EventFeed;
import io.vertx.core.Future;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Moves events on to those who subscribed: hands them out, lets others catch up, and delivers. */
public final class InboxDrainerVerticle extends LoopVerticle {
  private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);

  private final InboxDrainer drainer;
  private final Loop handOut;
  private final Loop catchUp;
  private final Loop deliver;
  private EventFeed.@Nullable Subscription news;

  public InboxDrainerVerticle(InboxDrainer drainer, InboxDrainerConfig config) {
    this.drainer = drainer;
    this.handOut = own(Loop.every("event-fan-out", config.poll(), drainer::handOut).withGap(config.gap()));
    this.catchUp = own(Loop.paced("event-catch-up", config.poll(), drainer::catchUp));
    this.deliver = own(Loop.paced("inbox-drainer", config.poll(), drainer::deliver));
    own(Loop.every("delivery-sweeper", SWEEP_EVERY, drainer::sweep));
  }

  @Override
  public Future<?> start() {
    drainer.onDue(deliver::wake);
    drainer.onRoom(deliver::wake);
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
    return super.start();
  }

  @Override
  public Future<?> stop() {
    if (news != null) {
      news.close();
    }
    return super.stop().compose(ignored -> drainer.stop());
  }
}
