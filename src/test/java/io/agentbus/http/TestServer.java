package io.agentbus.http;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A real server on a free loopback port. */
public final class TestServer implements AutoCloseable {
  /** Short enough to wait for, long enough for a client on a busy machine to say what it wants to. */
  public static final HttpSettings.Deadlines SHORT = new HttpSettings.Deadlines(
      Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(1500));

  public final Vertx vertx;
  public final WebServer server;

  public TestServer(Surface surface) {
    this(HttpSettings.onLoopback(0), surface);
  }

  public TestServer(HttpSettings settings, Surface surface) {
    this(Vertx.vertx(), settings, surface);
  }

  /** @param vertx is closed with the server */
  public TestServer(Vertx vertx, HttpSettings settings, Surface surface) {
    this.vertx = vertx;
    try {
      server = WebServer.start(vertx, settings, 2, surface).toCompletionStage().toCompletableFuture()
          .get(10, TimeUnit.SECONDS);
    } catch (Exception e) {
      vertx.close();
      throw new IllegalStateException(e.getCause() == null ? e : e.getCause());
    }
  }

  public static HttpSettings settings(HttpSettings.Limits limits, HttpSettings.Deadlines deadlines) {
    return new HttpSettings(HttpSettings.Listen.loopback(0), List.of(), List.of(), limits, deadlines);
  }

  public int port() {
    return server.port();
  }

  public RawClient connect() throws java.io.IOException {
    return new RawClient(port());
  }

  /** The head of a request with the Host this server answers for. */
  public String head(String requestLine, String... headers) {
    return requestLine + " HTTP/1.1\r\nHost: 127.0.0.1:" + port() + "\r\n"
        + String.join("", List.of(headers).stream().map(header -> header + "\r\n").toList()) + "\r\n";
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }
}
