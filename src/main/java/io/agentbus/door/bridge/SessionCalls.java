package io.agentbus.door.bridge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.bus.Addresses;
import io.agentbus.bus.RequestHeaders;
import io.agentbus.http.IdempotencyKey;
import io.agentbus.http.RequestIds;
import io.agentbus.op.CallScope;
import io.agentbus.op.Caller;
import io.agentbus.op.Invocation;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.MultiMap;
import java.util.Map;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The operations that one connection has asked for, carried out beside each other; they end with it. */
final class SessionCalls {
  private static final ThreadFactory THREADS = Thread.ofVirtual().name("bridge-call-", 0).factory();

  private final Bridge bridge;
  private final Answers answers;
  private final Supplier<Caller> caller;
  private final CallScope scope = new CallScope();
  private final AtomicInteger inFlight = new AtomicInteger();

  /** @param caller the caller as the token is now; throws when it has ended */
  SessionCalls(Bridge bridge, Answers answers, Supplier<Caller> caller) {
    this.bridge = bridge;
    this.answers = answers;
    this.caller = caller;
  }

  /** Whether operations are being carried out. */
  boolean busy() {
    return inFlight.get() > 0;
  }

  /** Ends what waits; what has begun to write is done. */
  void end() {
    scope.end();
  }

  /** Carries out the operation that a frame asks for, on a thread of its own. */
  void begin(Frame frame, String operation) {
    if (frame.header(RequestHeaders.AUTHORIZATION) != null) {
      answers.refuse(frame, ProblemException.invalid("", "A frame carries no authorization: the connection has said at " + Addresses.AUTH
          + ", or when it was opened, who is there."));
      return;
    }
    if (!frame.body().isObject() && !frame.body().isNull()) {
      answers.refuse(frame, ProblemException.invalid("", "The body is the operation's input, a JSON object."));
      return;
    }
    if (inFlight.incrementAndGet() > bridge.limits().calls() || !bridge.beginCall()) {
      inFlight.decrementAndGet();
      answers.refuse(frame, ProblemException.of(ProblemCode.LIMIT_EXCEEDED,
          "This connection has as many calls in flight as it may, or the node has."));
      return;
    }
    THREADS.newThread(() -> {
      try {
        scope.call(() -> {
          carryOut(frame, operation);
          return true;
        });
      } finally {
        inFlight.decrementAndGet();
        bridge.endCall();
      }
    }).start();
  }

  private void carryOut(Frame frame, String operation) {
    var requestId = RequestIds.of(frame.header(RequestHeaders.REQUEST_ID));
    var input = frame.body().isNull() ? Json.MAPPER.createObjectNode() : (ObjectNode) frame.body();
    try {
      var reply = bridge.catalogue().invoke(new Invocation(operation, caller.get(), input, keyIn(frame), requestId));
      var headers = reply.replayed() ? Map.of(RequestHeaders.REQUEST_ID, requestId, RequestHeaders.IDEMPOTENCY_REPLAYED, "true")
          : Map.of(RequestHeaders.REQUEST_ID, requestId);
      answers.reply(frame, headers, reply.json());
    } catch (ProblemException refusal) {
      answers.refuse(frame, refusal, requestId);
    }
  }

  private static @Nullable String keyIn(Frame frame) {
    var given = frame.header(RequestHeaders.IDEMPOTENCY_KEY);
    return given == null ? null : IdempotencyKey.in(MultiMap.caseInsensitiveMultiMap().add(RequestHeaders.IDEMPOTENCY_KEY, given));
  }
}
