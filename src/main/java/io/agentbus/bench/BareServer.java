package io.agentbus.bench;

import io.agentbus.door.cli.Terminal;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerOptions;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The least that a server of this kind can do: reads a request and answers a constant of a job's size. What the load reaches here bounds
 * every row over HTTP.
 */
public final class BareServer {
  private static final byte[] ANSWER = ("{\"filling\":\"" + "x".repeat(1_000) + "\"}").getBytes(StandardCharsets.US_ASCII);

  private BareServer() {}

  /** Prints its URL when it serves; ends when it is stopped. */
  public static void main(String[] arguments) {
    var loops = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    var vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(loops).setPreferNativeTransport(false));
    var port = new AtomicInteger();
    vertx.deployVerticle(() -> new Server(port), new DeploymentOptions().setInstances(loops)).await();
    var out = Terminal.ofProcess().out();
    out.println("http://127.0.0.1:" + port.get());
    out.flush();
  }

  private static final class Server extends VerticleBase {
    private final AtomicInteger port;

    Server(AtomicInteger port) {
      this.port = port;
    }

    @Override
    public Future<?> start() {
      return vertx.createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(-1).setTcpNoDelay(true))
          .requestHandler(request -> request.body().onComplete(read ->
              request.response().putHeader("content-type", "application/json").end(Buffer.buffer(ANSWER))))
          .listen().onSuccess(server -> port.set(server.actualPort()));
    }
  }
}
