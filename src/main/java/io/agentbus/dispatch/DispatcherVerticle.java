package io.agentbus.dispatch;

import io.agentbus.bus.Messages;
import io.agentbus.bus.WakeUps;
import io.agentbus.loop.Aside;
import io.agentbus.loop.Loop;
import io.agentbus.loop.LoopVerticle;
import io.vertx.core.Future;

/** Brings jobs to the agents whose channel is {@code eventbus}, and learns who they are. */
public final class DispatcherVerticle extends LoopVerticle {
  private final Dispatcher dispatcher;
  private final Messages messages;
  private final WakeUps wakeUps;
  private final Loop loop;

  public DispatcherVerticle(Dispatcher dispatcher, Messages messages, WakeUps wakeUps, DispatcherConfig config) {
    this.dispatcher = dispatcher;
    this.messages = messages;
    this.wakeUps = wakeUps;
    this.loop = own(Loop.every("dispatcher", config.poll(), dispatcher::look));
  }

  @Override
  public Future<?> start() {
    wakeUps.hearChanges(loop::wake);
    messages.onListening(loop::wake);
    return super.start();
  }

  @Override
  public Future<?> stop() {
    return super.stop().compose(ignored -> Aside.run("dispatcher-stop", dispatcher::handBack));
  }
}
