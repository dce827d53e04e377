package io.agentbus.event;

import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;
import io.agentbus.op.EventFeed;
import io.vertx.core.Future;
import org.jspecify.annotations.Nullable;

/** Publishes the events on the event bus as they get their positions. */
public final class EventPublisherVerticle extends LoopVerticle {
  private final EventPublisher publisher;
  private final EventLog log;
  private final Loop loop;
  private EventFeed.@Nullable Subscription news;

  public EventPublisherVerticle(EventPublisher publisher, EventLog log, EventPublisherConfig config) {
    this.publisher = publisher;
    this.log = log;
    this.loop = own(Loop.every("event-publisher", config.renewEvery(), publisher::run).withGap(config.gap()));
  }

  @Override
  public Future<?> start() {
    news = log.onNews(() -> {
      if (publisher.wantsNews()) {
        loop.wake();
      }
    });
    return super.start();
  }

  @Override
  public Future<?> stop() {
    if (news != null) {
      news.close();
    }
    publisher.stop();
    return super.stop().compose(ignored -> publisher.leave());
  }
}
