package io.agentbus.door.bridge;

import io.agentbus.http.Exchange;
import io.agentbus.http.QueryString;
import io.agentbus.http.Site;
import io.agentbus.http.Surface;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandler;
import io.vertx.ext.web.handler.sockjs.SockJSHandlerOptions;
import io.vertx.ext.web.handler.sockjs.SockJSSocket;
import io.vertx.ext.web.handler.sockjs.Transport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /eventbus}: the bridge over SockJS, and over a plain WebSocket at {@code /eventbus/websocket}. A request that
 * opens a connection may say who it comes from, by its Authorization header or by {@code ?ticket=}; a wrong word is
 * answered 401 before there is a connection. Without one the first frame says it.
 *
 * <p>Served are the transports that today's browsers use. Pages for frames, JSONP and the like are not: they would run
 * scripts here.
 */
public final class SockJsDoor implements Surface {
  /** Where it lies. */
  public static final String PATH = "/eventbus";
  private static final Logger LOG = LoggerFactory.getLogger(SockJsDoor.class);
  private static final Pattern SERVED =
      Pattern.compile(PATH + "/(?:info|(websocket)|[^/.]{1,64}/([^/.]{1,64})/(websocket|xhr|xhr_streaming|xhr_send|eventsource))");
  /** Characters of what a frame becomes when SockJS quotes it once more, at the worst that is not meant to be. */
  private static final int QUOTING = 2;
  /** As many first frames of full size may come before it is known who is there. */
  private static final int FRAMES_OF_STRANGERS = 4;
  private static final ScopedValue<Opening> OPENING = ScopedValue.newInstance();
  private static final String KEY = Opening.class.getName();

  /**
   * What is known of the request that opens a connection.
   *
   * @param caller null when it did not say
   * @param session of SockJS, in which further requests belong to the connection; null for a WebSocket
   * @param known whether it belongs to a connection of which it is known who is there
   */
  private record Opening(Exchange exchange, @Nullable Caller caller, SockJsLink.Kind kind, @Nullable String session, boolean known) {}

  /** A connection of requests. @param address it was opened from: the session's name is chosen by the client, and no secret of ours */
  private record Owner(String address, BridgeSession connection) {}

  private final Vertx vertx;
  private final Bridge bridge;
  private final Surface router;
  /** By SockJS session. */
  private final Map<String, Owner> sessions = new ConcurrentHashMap<>();

  public SockJsDoor(Vertx vertx, Bridge bridge) {
    this.vertx = vertx;
    this.bridge = bridge;
    this.router = Surface.of(router());
  }

  private Router router() {
    var options = new SockJSHandlerOptions().setInsertJSESSIONID(false).setRegisterWriteHandler(false)
        .addDisabledTransport(Transport.JSON_P.name()).addDisabledTransport(Transport.HTML_FILE.name());
    var routes = Router.router(vertx);
    routes.route().handler(context -> {
      context.put(KEY, OPENING.get());
      context.next();
    }).failureHandler(SockJsDoor::fail);
    var large = BodyHandler.create(false).setBodyLimit((long) QUOTING * bridge.limits().frame());
    var small = BodyHandler.create(false).setBodyLimit((long) QUOTING * bridge.limits().firstFrame());
    routes.route().handler(context -> (context.<Opening>get(KEY).known ? large : small).handle(context));
    routes.route(PATH + "/*").subRouter(SockJSHandler.create(vertx, options).socketHandler(this::opened));
    return routes;
  }

  /** What a router would log as an error is mostly a client's: a body that is too large, an upgrade that is none. */
  private static void fail(RoutingContext context) {
    LOG.debug("a request to {} failed", PATH, context.failure());
    if (!context.response().ended() && !context.response().closed()) {
      context.response().setStatusCode(context.statusCode() < 400 ? 500 : context.statusCode()).end();
    }
  }

  /** Mounts the door. */
  public void mount(Site site) {
    site.mount(PATH, this);
  }

  @Override
  public void handle(Exchange exchange) {
    var path = SERVED.matcher(exchange.path());
    if (!path.matches()) {
      throw Site.noSuchPath();
    }
    if (bridge.stopping()) {
      throw ProblemException.of(ProblemCode.UNAVAILABLE, "This node is stopping.");
    }
    var transport = path.group(1) == null ? path.group(3) : path.group(1);
    var kind = path.group(1) != null ? SockJsLink.Kind.PLAIN : "websocket".equals(transport) ? SockJsLink.Kind.FRAMED : SockJsLink.Kind.REQUESTS;
    var session = kind == SockJsLink.Kind.REQUESTS ? path.group(2) : null;
    var owner = session == null ? null : sessions.get(session);
    if (owner != null && !owner.address.equals(exchange.address())) {
      throw Site.noSuchPath();
    }
    if (session != null && !transport.equals("xhr_send")) {
      // SockJS closes the connection behind each of these answers; a client that were not told would send its next request into it.
      exchange.header(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
    }
    var opens = transport != null && owner == null && !transport.equals("xhr_send") && exchange.method() != HttpMethod.OPTIONS;
    if (opens && namesCaller(exchange)) {
      admit(exchange, kind, session);
    } else {
      pass(new Opening(exchange, null, kind, session, owner != null && owner.connection.isKnown()));
    }
  }

  private static boolean namesCaller(Exchange exchange) {
    return exchange.request().headers().contains(HttpHeaders.AUTHORIZATION) || QueryString.parse(exchange.query()).containsKey("ticket");
  }

  private void admit(Exchange exchange, SockJsLink.Kind kind, @Nullable String session) {
    var loop = vertx.getOrCreateContext();
    var request = exchange.request();
    request.pause();
    exchange.work(() -> {
      try {
        var caller = callerOf(exchange);
        loop.runOnContext(now -> {
          try {
            pass(new Opening(exchange, caller, kind, session, true));
          } finally {
            request.resume();
          }
        });
      } catch (Throwable refusal) {
        resume(loop, exchange);
        throw refusal;
      }
    });
  }

  private static void resume(Context loop, Exchange exchange) {
    loop.runOnContext(now -> exchange.request().resume());
  }

  private Caller callerOf(Exchange exchange) {
    if (exchange.request().headers().contains(HttpHeaders.AUTHORIZATION)) {
      return bridge.bearer().callerOf(exchange);
    }
    var tickets = QueryString.parse(exchange.query()).getOrDefault("ticket", List.of());
    if (tickets.size() != 1) {
      throw ProblemException.invalid("/ticket", "is given " + tickets.size() + " times");
    }
    var caller = bridge.bearer().callerOf(exchange.address(), tickets.getFirst(), bridge.authenticator()::redeem);
    exchange.actor(caller.actor());
    return caller;
  }

  private void pass(Opening opening) {
    ScopedValue.where(OPENING, opening).run(() -> router.handle(opening.exchange));
  }

  private void opened(SockJSSocket socket) {
    RoutingContext context = socket.routingContext();
    var opening = context.<Opening>get(KEY);
    var link = new SockJsLink(vertx, socket, opening.exchange, opening.kind);
    var session = bridge.open(link, opening.caller);
    if (session == null) {
      return;
    }
    if (opening.caller == null) {
      link.limitStranger(FRAMES_OF_STRANGERS * bridge.limits().firstFrame());
    }
    var name = opening.session;
    if (name != null) {
      sessions.put(name, new Owner(link.address(), session));
    }
    socket.handler(frame -> session.receive(frame.getBytes()));
    socket.exceptionHandler(broken -> link.cut());
    socket.closeHandler(closed -> {
      if (name != null) {
        sessions.remove(name);
      }
      session.gone();
    });
  }
}
