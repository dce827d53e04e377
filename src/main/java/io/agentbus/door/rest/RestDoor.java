package io.agentbus.door.rest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.http.BearerGate;
import io.agentbus.http.Document;
import io.agentbus.http.EntityTag;
import io.agentbus.http.Exchange;
import io.agentbus.http.Exchange.BodyWork;
import io.agentbus.http.IdempotencyKey;
import io.agentbus.http.JsonBody;
import io.agentbus.http.MediaTypes;
import io.agentbus.http.ProblemAnswer;
import io.agentbus.http.QueryString;
import io.agentbus.http.RouteTree;
import io.agentbus.http.Site;
import io.agentbus.http.Surface;
import io.agentbus.op.Caller;
import io.agentbus.op.Catalogue;
import io.agentbus.op.Effect;
import io.agentbus.op.EventFeed;
import io.agentbus.op.Invocation;
import io.agentbus.op.Operation;
import io.agentbus.op.Reply;
import io.agentbus.op.Right;
import io.agentbus.op.SubscriptionFeed;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.agentbus.problem.Suggestion;
import io.vertx.core.http.HttpHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Every operation of the catalogue over HTTP: by its own route, and by {@code POST /api/v1/op/<name>}. */
public final class RestDoor implements Surface {
  /** Where the API lies. */
  public static final String BASE = "/api/v1";
  private static final String UNIFORM = BASE + "/op/";
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  /** What answers one method of one path. */
  @FunctionalInterface
  private interface Target {
    /** @param values the segments that stood for braces, as sent */
    void serve(Exchange exchange, List<String> values);
  }

  private final Catalogue catalogue;
  private final BearerGate bearer;
  private final RouteTree<Target> routes = new RouteTree<>();
  private final Map<String, Endpoint> uniform = new HashMap<>();

  /**
   * A door over everything that is bound in the catalogue now.
   *
   * @param bearer who calls
   * @param feed what the event stream shows
   * @param subscriptions what the streams of subscriptions show
   */
  public RestDoor(Catalogue catalogue, BearerGate bearer, EventFeed feed, SubscriptionFeed subscriptions) {
    this.catalogue = catalogue;
    this.bearer = bearer;
    var readable = new TreeSet<String>();
    for (var operation : catalogue.operations()) {
      if (operation.route().method().equals("GET")) {
        readable.add(operation.route().path());
      }
    }
    for (var operation : catalogue.operations()) {
      var route = operation.route();
      var location = isReadableBelow(route.path(), readable) ? BASE + route.path() + "/" : "";
      var endpoint = Endpoint.routed(operation, location);
      routes.add(route.method(), route.path(), (exchange, values) -> receive(endpoint, exchange, values));
      uniform.put(operation.name(), Endpoint.uniform(operation));
    }
    var stream = new EventStream(feed, bearer);
    routes.add("GET", EventStream.PATH, (exchange, values) -> stream.receive(exchange));
    routes.add("GET", EventStream.SUBSCRIPTION_PATH, (exchange, values) -> stream.receive(exchange, subscriptions, values.getFirst()));
    EvidencePages.addTo((path, target) -> routes.add("GET", path, target::accept), catalogue, bearer);
  }

  /** Whether {@code GET <path>/{something}} is a route. */
  private static boolean isReadableBelow(String path, Set<String> readable) {
    return readable.stream().anyMatch(route -> route.startsWith(path + "/{")
        && route.indexOf('/', path.length() + 1) < 0);
  }

  /** Mounts the API, the document that describes it, the pages that describe its problems, and the viewer of campaigns. */
  public void mount(Site site) {
    site.mount(BASE, this);
    site.mount(ApiDocument.PATH, new Document(ApiDocument.PATH, "application/json", () -> ApiDocument.of(catalogue)));
    site.mount(ProblemPages.PATH, new ProblemPages());
    site.mount(EvidenceViewer.PATH, new EvidenceViewer());
  }

  @Override
  public void handle(Exchange exchange) {
    var path = exchange.path();
    if (path.startsWith(UNIFORM)) {
      callByName(exchange, path.substring(UNIFORM.length()));
      return;
    }
    var found = path.startsWith(BASE + "/") ? routes.find(path, BASE.length()) : null;
    if (found == null) {
      throw Site.noSuchPath();
    }
    var method = exchange.method().name();
    var target = found.methods().get(method.equals("HEAD") ? "GET" : method);
    if (target != null) {
      target.serve(exchange, found.values());
    } else {
      answerOtherMethod(exchange, found.methods().keySet());
    }
  }

  private void callByName(Exchange exchange, String name) {
    var endpoint = uniform.get(name);
    if (endpoint == null) {
      throw ProblemException.of(ProblemCode.NOT_FOUND,
          "There is no operation of this name" + Suggestion.words(name, uniform.keySet()));
    }
    if (exchange.method().name().equals("POST")) {
      receive(endpoint, exchange, List.of());
    } else {
      answerOtherMethod(exchange, Set.of("POST"));
    }
  }

  private static void answerOtherMethod(Exchange exchange, Set<String> methods) {
    var allowed = new TreeSet<>(methods);
    allowed.add("OPTIONS");
    if (methods.contains("GET")) {
      allowed.add("HEAD");
    }
    var allow = String.join(", ", allowed);
    if (!exchange.method().name().equals("OPTIONS")) {
      throw ProblemException.of(ProblemCode.METHOD_NOT_ALLOWED, "This path is served for " + allow + ".")
          .with(ProblemAnswer.ALLOW, allow);
    }
    exchange.header(HttpHeaders.ALLOW, allow);
    exchange.end(204);
  }

  private void receive(Endpoint endpoint, Exchange exchange, List<String> pathValues) {
    var request = exchange.request();
    if (!MediaTypes.accepts(request.getHeader(HttpHeaders.ACCEPT), "application/json")) {
      throw ProblemException.of(ProblemCode.NOT_ACCEPTABLE, "Answers of the API are application/json.");
    }
    if (endpoint.operation().right() != Right.NONE && !request.headers().contains(HttpHeaders.AUTHORIZATION)) {
      throw unauthenticated();
    }
    if (endpoint.traits().readsBody()) {
      BodyWork work = body -> carryOut(endpoint, exchange, pathValues, body);
      if (endpoint.operation().right() == Right.NONE) {
        exchange.workWithBodyOfAnybody(work);
      } else {
        exchange.workWithBody(() -> callerFor(endpoint.operation(), exchange), work);
      }
    } else if (exchange.hasBody()) {
      throw ProblemException.invalid("", "A GET has no body; put its fields into the query.");
    } else {
      exchange.work(() -> carryOut(endpoint, exchange, pathValues, new byte[0]));
    }
  }

  private void carryOut(Endpoint endpoint, Exchange exchange, List<String> pathValues, byte[] body) {
    var operation = endpoint.operation();
    var request = exchange.request();
    var caller = callerFor(operation, exchange);
    var sent = JsonBody.object(request.getHeader(HttpHeaders.CONTENT_TYPE), body);
    ObjectNode input = InputAssembly.of(endpoint, sent, pathValues, exchange.query());
    var key = operation.effect() == Effect.READ ? null : IdempotencyKey.in(request.headers());
    var reply = catalogue.invoke(new Invocation(operation.name(), caller, input, key, exchange.requestId()));
    answer(endpoint, exchange, reply);
  }

  private Caller callerFor(Operation<?, ?, ?> operation, Exchange exchange) {
    try {
      return bearer.callerOf(exchange);
    } catch (ProblemException e) {
      // An operation whose input carries the proof is not refused for a stale token beside it.
      if (operation.right() == Right.NONE && e.code() == ProblemCode.UNAUTHENTICATED) {
        return Caller.anonymous();
      }
      throw e;
    }
  }

  static ProblemException unauthenticated() {
    return ProblemException.of(ProblemCode.UNAUTHENTICATED, "This call needs a token.");
  }

  private static void answer(Endpoint endpoint, Exchange exchange, Reply reply) {
    var status = 200;
    if (reply.replayed()) {
      exchange.header("Idempotency-Replayed", "true");
    }
    if (endpoint.traits().creates()) {
      var scan = AnswerScan.of(reply);
      if (!scan.duplicate()) {
        status = 201;
      }
      if (scan.id() != null && !endpoint.location().isEmpty()) {
        exchange.header(HttpHeaders.LOCATION, endpoint.location() + QueryString.encode(scan.id()));
      }
    } else if (endpoint.traits().pages()) {
      var next = AnswerScan.of(reply.json()).next();
      if (next != null) {
        exchange.header("Link", "<" + exchange.path() + "?" + QueryString.with(exchange.query(), "cursor", next)
            + ">; rel=\"next\"");
      }
    } else if (endpoint.traits().tagged()) {
      var tag = EntityTag.of(reply.json());
      exchange.header(HttpHeaders.ETAG, tag).header(HttpHeaders.CACHE_CONTROL, "private, no-cache");
      if (EntityTag.isHeld(exchange.request().getHeader(HttpHeaders.IF_NONE_MATCH), tag)) {
        exchange.end(304);
        return;
      }
    }
    exchange.end(status, JSON, reply.json());
  }
}
