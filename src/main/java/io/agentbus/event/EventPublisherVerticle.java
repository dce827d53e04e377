package io.agentbus.event;

import io.agentbus.loop.Loop;
import io.agentbus.op.EventFeed;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Publishes the events on the event bus as they get their positions. */
public final class EventPublisherVerticle extends VerticleBase {
  private final EventPublisher publisher;
  private final EventLog log;
  private final Loop loop;
  private EventFeed.@Nullable Subscription news;

  public EventPublisherVerticle(EventPublisher publisher, EventLog log, EventPublisherConfig config) {
    this.publisher = publisher;
    this.log = log;
    this.loop = Loop.every("event-publisher", config.renewEvery(), publisher::run).withGap(config.gap());
  }

  /** What the heartbeat reports on. */
  public List<Loop> loops() {
    return List.of(loop);
  }

  @Override
  public Future<?> start() {
    news = log.onNews(() -> {
      if (publisher.wantsNews()) {
        loop.wake();
      }
    });
    loop.start();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    if (news != null) {
      news.close();
    }
    publisher.stop();
    return loop.stop().compose(ignored -> publisher.leave());
  }
}
