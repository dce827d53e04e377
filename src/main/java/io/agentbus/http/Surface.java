package io.agentbus.http;

import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;

/** What answers requests below some path. */
@FunctionalInterface
public interface Surface {
  /**
   * Answers, now or later; called on the event loop, must not wait. What it throws becomes the problem that it is.
   *
   * @param exchange admitted by the gate, its body not yet read
   */
  void handle(Exchange exchange);

  /** A surface of plain Vert.x handlers, such as a router, that writes its answers itself. */
  static Surface of(Handler<HttpServerRequest> handler) {
    return exchange -> {
      exchange.handOver();
      handler.handle(exchange.request());
    };
  }
}
