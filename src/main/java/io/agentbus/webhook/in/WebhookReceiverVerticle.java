package io.agentbus.webhook.in;

import io.agentbus.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Routes the webhooks that were taken, whichever node took them, and removes those that are old enough. */
public final class WebhookReceiverVerticle extends VerticleBase {
  private static final Duration RETENTION_EVERY = Duration.ofMinutes(1);
  private static final int RETENTION_BATCH = 1_000;
  /** What is due and not to be had is being routed by somebody else. */
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(50);

  private final WebhookRouter router;
  private final WebhookReceiverConfig config;
  private final List<Loop> loops = new ArrayList<>();
  private volatile boolean stopping;

  public WebhookReceiverVerticle(WebhookRouter router, WebhookReceiverConfig config) {
    this.router = router;
    this.config = config;
    for (var i = 1; i <= config.routers(); i++) {
      loops.add(Loop.paced("webhook-router-" + i, config.poll(), this::route));
    }
    loops.add(Loop.every("webhook-retention", RETENTION_EVERY, this::expire));
  }

  /** What the heartbeat reports on. */
  public List<Loop> loops() {
    return List.copyOf(loops);
  }

  @Override
  public Future<?> start() {
    loops.forEach(Loop::start);
    var routers = loops.subList(0, config.routers());
    router.hear(() -> routers.forEach(Loop::wake));
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    return Future.join(loops.stream().map(Loop::stop).toList());
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
