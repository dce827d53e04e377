package io.agentbus.webhook.in;

import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Routes the webhooks that were taken, whichever node took them, and removes those that are old enough. */
public final class WebhookReceiverVerticle extends LoopVerticle {
  private static final Duration RETENTION_EVERY = Duration.ofMinutes(1);
  private static final int RETENTION_BATCH = 1_000;
  /** What is due and not to be had is being routed by somebody else. */
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);

  private final WebhookRouter router;
  private final WebhookReceiverConfig config;
  private final List<Loop> routers = new ArrayList<>();
  private volatile boolean stopping;

  public WebhookReceiverVerticle(WebhookRouter router, WebhookReceiverConfig config) {
    this.router = router;
    this.config = config;
    for (var i = 1; i <= config.routers(); i++) {
      routers.add(own(Loop.paced("webhook-router-" + i, config.poll(), this::route)));
    }
    own(Loop.every("webhook-retention", RETENTION_EVERY, this::expire));
  }

  @Override
  public Future<?> start() {
    router.hear(() -> routers.forEach(Loop::wake));
    return super.start();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    return super.stop();
  }

  private Duration route() {
    while (!stopping && router.routeNext(config)) {
      // More may be due.
    }
    var due = router.untilDue();
    if (due == null || due.compareTo(config.poll()) > 0) {
      return config.poll();
    }
    return due.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : due;
  }

  private void expire() {
    while (!stopping && router.expire(RETENTION_BATCH, config) == RETENTION_BATCH) {
      // More are old enough.
    }
  }
}
