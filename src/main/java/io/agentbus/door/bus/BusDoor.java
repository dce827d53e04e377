package io.agentbus.door.bus;

import io.agentbus.bus.Addresses;
import io.agentbus.bus.Request;
import io.agentbus.bus.RequestHeaders;
import io.agentbus.bus.Requests;
import io.agentbus.http.BearerGate;
import io.agentbus.http.IdempotencyKey;
import io.agentbus.op.Caller;
import io.agentbus.op.Catalogue;
import io.agentbus.op.Effect;
import io.agentbus.op.Invocation;
import io.agentbus.op.Operation;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Map;

/** Every operation of the catalogue at {@code agentbus.op.<name>}: its input as a JsonObject, its output or its refusal as the reply. */
public final class BusDoor {
  /** Requests worked on at once, waiting ones included; as many as over HTTP. */
  public static final int MOST_REQUESTS = 4_096;
  /**
   * Where wrong tokens come from, for their limit. A message does not say which member sent it, so that all members count as one: after
   * too many wrong tokens an unknown one waits for its turn, and those that are known go on as before.
   */
  private static final String ORIGIN = "event bus";
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final Catalogue catalogue;
  private final BearerGate bearer;
  private final Requests requests;

  private BusDoor(Catalogue catalogue, BearerGate bearer, Requests requests) {
    this.catalogue = catalogue;
    this.bearer = bearer;
    this.requests = requests;
  }

  /**
   * Opens a door over everything that is bound in the catalogue now.
   *
   * @param bearer who calls
   * @return the door when every member of the bus can reach it
   */
  public static Future<BusDoor> open(Vertx vertx, Catalogue catalogue, BearerGate bearer) {
    return open(vertx, catalogue, bearer, MOST_REQUESTS);
  }

  static Future<BusDoor> open(Vertx vertx, Catalogue catalogue, BearerGate bearer, int mostRequests) {
    var door = new BusDoor(catalogue, bearer, new Requests(vertx, mostRequests));
    return Future.join(catalogue.operations().stream()
        .map(operation -> door.requests.serve(Addresses.operation(operation.name()), request -> door.carryOut(operation, request)))
        .toList()).map(door);
  }

  /** Takes no more requests, ends waits, and is done when what was under way is answered. */
  public Future<Void> stop() {
    return requests.stop(PATIENCE);
  }

  /** How many requests are worked on now. */
  int working() {
    return requests.working();
  }

  private Requests.Answer carryOut(Operation<?, ?, ?> operation, Request request) {
    var caller = callerFor(operation, request);
    var input = RequestBody.object(request.body(), catalogue.limits().body());
    var key = operation.effect() == Effect.READ ? null : IdempotencyKey.in(request.headers());
    var reply = catalogue.invoke(new Invocation(operation.name(), caller, input, key, request.requestId()));
    return new Requests.Answer(reply.json(), reply.replayed() ? Map.of(RequestHeaders.IDEMPOTENCY_REPLAYED, "true") : Map.of());
  }

  private Caller callerFor(Operation<?, ?, ?> operation, Request request) {
    var header = request.headers().get(RequestHeaders.AUTHORIZATION);
    if (header == null) {
      if (operation.right() != Right.NONE) {
        throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "This call needs a token.");
      }
      return Caller.anonymous();
    }
    try {
      return bearer.callerOfHeader(ORIGIN, header);
    } catch (ProblemException e) {
      // An operation whose input carries the proof is not refused for a stale token beside it.
      if (operation.right() == Right.NONE && e.code() == ProblemCode.UNAUTHENTICATED) {
        return Caller.anonymous();
      }
      throw e;
    }
  }
}
