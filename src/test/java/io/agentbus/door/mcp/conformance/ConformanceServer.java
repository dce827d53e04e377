package io.agentbus.door.mcp.conformance;

import io.agentbus.crypto.StateSeal;
import io.agentbus.door.mcp.McpDoor;
import io.agentbus.door.mcp.content.Content;
import io.agentbus.door.mcp.legacy.Sessions;
import io.agentbus.door.mcp.wire.Callers;
import io.agentbus.http.HttpSettings;
import io.agentbus.http.Site;
import io.agentbus.http.WebServer;
import io.agentbus.op.Caller;
import io.agentbus.op.Right;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The product's door and web server with the suite's fixtures behind them, on the loopback address. */
public final class ConformanceServer implements AutoCloseable {
  private static final Caller ANYONE = new Caller(null, "conformance", null, List.of(), EnumSet.noneOf(Right.class));

  private final Vertx vertx = Vertx.vertx();
  private final WebServer server;

  /** @param port 0 for any free one */
  public ConformanceServer(int port) throws Exception {
    var site = new Site();
    new McpDoor(fixtures(), new Callers(exchange -> ANYONE), StateSeal.ofProcess(Clock.systemUTC()), Sessions.Limits.DEFAULT).mount(site);
    server = WebServer.start(vertx, HttpSettings.onLoopback(port), 2, site).toCompletionStage().toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  /** What it serves. */
  public static Content fixtures() {
    return new Fixtures();
  }

  /** Where the suite finds it. */
  public String url() {
    return server.baseUrl() + McpDoor.PATH;
  }

  @Override
  public void close() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  /** Serves until the process ends. @param arguments the port */
  public static void main(String[] arguments) throws Exception {
    var server = new ConformanceServer(arguments.length == 0 ? 0 : Integer.parseInt(arguments[0]));
    Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(() -> {
      try {
        server.close();
      } catch (Exception ending) {
        Thread.currentThread().interrupt();
      }
    }));
    System.out.println("conformance fixtures serve at " + server.url());
  }
}
