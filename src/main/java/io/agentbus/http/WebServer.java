package io.agentbus.http;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The node's one HTTP server: listens on several event loops, watches its connections, and hands requests to a surface.
 */
public final class WebServer {
  private static final long SLOWEST_SWEEP_MILLIS = 1000;

  private final Vertx vertx;
  private final HttpSettings settings;
  private final Surface surface;
  private final ServerShare share;
  private final SecurityGate gate;
  private final ConnectionCount connections;
  private final List<Loop> loops = new CopyOnWriteArrayList<>();
  private volatile boolean stopping;
  private volatile @Nullable String deployment;

  private WebServer(Vertx vertx, HttpSettings settings, Surface surface) {
    this.vertx = vertx;
    this.settings = settings;
    this.surface = surface;
    this.share = new ServerShare(vertx, settings);
    this.gate = new SecurityGate(settings);
    this.connections = new ConnectionCount(settings.limits().connections(), settings.limits().connectionsPerAddress());
  }

  /**
   * Listens.
   *
   * @param loops event loops to serve on, at least 1
   * @return fails with an IllegalArgumentException in words for an operator when the settings are unsafe, with the
   *     cause when the address cannot be bound
   */
  public static Future<WebServer> start(Vertx vertx, HttpSettings settings, int loops, Surface surface) {
    WebServer server;
    HttpServerOptions options;
    try {
      options = ServerOptions.of(settings);
      server = new WebServer(vertx, settings, surface);
    } catch (IllegalArgumentException e) {
      return Future.failedFuture(e);
    }
    return vertx.deployVerticle(() -> server.new Loop(options), new DeploymentOptions().setInstances(loops))
        .map(deployment -> {
          server.deployment = deployment;
          return server;
        });
  }

  /** The port listened on. */
  public int port() {
    return loops.getFirst().server.actualPort();
  }

  /** Where clients on this machine reach it, such as {@code http://127.0.0.1:7070}. */
  public String baseUrl() {
    var listen = settings.listen();
    var host = switch (listen.host()) {
      case "0.0.0.0", "::", "[::]" -> "127.0.0.1";
      default -> listen.host().contains(":") && !listen.host().startsWith("[") ? "[" + listen.host() + "]"
          : listen.host();
    };
    return (listen.tls() ? "https://" : "http://") + host + ":" + port();
  }

  /** Connections open now. */
  public int openConnections() {
    return connections.open();
  }

  /** Requests being worked on now, waiting long polls included. */
  public int requestsInProgress() {
    return share.working();
  }

  /** Bytes of large bodies held now. */
  public long bodyBytesHeld() {
    return share.bodies() + share.strangers().held();
  }

  /** Event streams open now. */
  public int openStreams() {
    return share.streams();
  }

  /**
   * Stops: takes no new connections and requests, ends every long poll and stream, lets calls in progress answer, and
   * closes what is left after the grace.
   */
  public Future<Void> stop(Duration grace) {
    stopping = true;
    return Future.join(loops.stream().map(loop -> loop.shutDown(grace)).toList())
        .eventually(() -> vertx.undeploy(deployment))
        .mapEmpty();
  }

  /** The server of one event loop; Vert.x spreads the connections over all that listen on the same port. */
  private final class Loop extends VerticleBase {
    private final HttpServer server;
    private final ConnectionWatch watch = new ConnectionWatch(settings.deadlines(), connections);

    Loop(HttpServerOptions options) {
      server = WebServer.this.vertx.createHttpServer(options);
    }

    @Override
    public Future<?> start() {
      server.connectionHandler(watch::opened);
      server.invalidRequestHandler(this::refuseMalformed);
      server.requestHandler(this::receive);
      return server.listen().onSuccess(listening -> {
        gate.listeningOn(listening.actualPort());
        loops.add(this);
        var pace = Math.clamp(settings.deadlines().shortest().toMillis() / 4, 1, SLOWEST_SWEEP_MILLIS);
        WebServer.this.vertx.setPeriodic(pace, tick -> watch.sweep());
      });
    }

    private void receive(HttpServerRequest request) {
      var watched = watch.of(request);
      if (watched == null) {
        return;
      }
      var backlog = watched.backlog();
      if (backlog == null) {
        handle(request, watched);
      } else {
        request.pause();
        backlog.onComplete(read -> {
          handle(request, watched);
          request.resume();
        });
      }
    }

    private void handle(HttpServerRequest request, ConnectionWatch.Watched watched) {
      var exchange = new Exchange(request, watched, share);
      watch.begin(watched, exchange);
      try {
        gate.admit(exchange);
        if (stopping) {
          throw ProblemException.of(ProblemCode.UNAVAILABLE, "This node is stopping.");
        }
        surface.handle(exchange);
      } catch (RuntimeException e) {
        exchange.fail(e);
      }
    }

    /** What the parser could not read: there is no request to speak of, and the connection cannot be kept. */
    private void refuseMalformed(HttpServerRequest request) {
      var watched = watch.of(request);
      if (watched == null) {
        return;
      }
      var exchange = new Exchange(request, watched, share);
      watch.begin(watched, exchange);
      gate.dress(exchange);
      exchange.beLast();
      var status = switch (request.decoderResult().cause()) {
        case TooLongHttpLineException line -> 414;
        case TooLongHttpHeaderException headers -> 431;
        case null, default -> 400;
      };
      var detail = switch (status) {
        case 414 -> "The request line is longer than " + settings.limits().initialLine() + " bytes.";
        case 431 -> "The request headers are larger than " + settings.limits().headers() + " bytes.";
        default -> "This is not a well-formed HTTP/1.1 request.";
      };
      exchange.end(status, ProblemAnswer.CONTENT_TYPE, ProblemAnswer.body(
          ProblemException.of(ProblemCode.INVALID_INPUT, detail), status, exchange.requestId(), null));
    }

    private Future<Void> shutDown(Duration grace) {
      var promise = Promise.<Void>promise();
      context.runOnContext(now -> {
        watch.endScopes();
        server.shutdown(grace.toMillis(), TimeUnit.MILLISECONDS).onComplete(promise);
      });
      return promise.future();
    }
  }
}
