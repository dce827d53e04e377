package io.agentbus.dispatch;

import io.agentbus.bus.Messages;
import io.agentbus.bus.WakeUps;
import io.agentbus.loop.Loop;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import java.util.List;

/** Brings jobs to the agents whose channel is {@code eventbus}, and learns who they are. */
public final class DispatcherVerticle extends VerticleBase {
  private final Dispatcher dispatcher;
  private final Messages messages;
  private final WakeUps wakeUps;
  private final Loop loop;

  public DispatcherVerticle(Dispatcher dispatcher, Messages messages, WakeUps wakeUps, DispatcherConfig config) {
    this.dispatcher = dispatcher;
    this.messages = messages;
    this.wakeUps = wakeUps;
    this.loop = Loop.every("dispatcher", config.poll(), dispatcher::look);
  }

  /** What the heartbeat reports on. */
  public List<Loop> loops() {
    return List.of(loop);
  }

  @Override
  public Future<?> start() {
    wakeUps.hearChanges(loop::wake);
    messages.onListening(loop::wake);
    loop.start();
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    return loop.stop().compose(ignored -> {
      var done = Promise.<Void>promise();
      Thread.ofVirtual().name("dispatcher-stop").start(() -> {
        try {
          dispatcher.handBack();
        } finally {
          done.complete();
        }
      });
      return done.future();
    });
  }
}
