package io.agentbus.bus;

import io.agentbus.http.ProblemAnswer;
import io.agentbus.http.RequestIds;
import io.agentbus.op.CallScope;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes requests from the event bus and answers each of them once. Each is worked on by a virtual thread of its own behind a cap, so that
 * one that waits holds up no other; what the work throws becomes a failure with the HTTP status of the refusal as its number and the
 * problem, as REST answers it, as its text. A message that was published is not carried out: every node would do it.
 */
public final class Requests {
  private static final Logger LOG = LoggerFactory.getLogger(Requests.class);
  private static final ThreadFactory THREADS = Thread.ofVirtual().name("bus-", 0).factory();

  private final Vertx vertx;
  private final int most;
  private final List<MessageConsumer<Object>> consumers = new ArrayList<>();
  private final Set<CallScope> scopes = ConcurrentHashMap.newKeySet();
  private final AtomicInteger working = new AtomicInteger();
  private final Promise<Void> idle = Promise.promise();
  private volatile boolean stopping;

  /** @param most requests worked on at once; further ones are refused with {@code unavailable} */
  public Requests(Vertx vertx, int most) {
    this.vertx = vertx;
    this.most = most;
  }

  /**
   * What is answered.
   *
   * @param json an object in UTF-8
   * @param headers of the reply
   */
  public record Answer(byte[] json, Map<String, String> headers) {}

  /** The work of a request: may wait, on a virtual thread and within the request's scope; what it throws becomes the answer. */
  @FunctionalInterface
  public interface Work {
    Answer answer(Request request) throws Exception;
  }

  /** Takes requests at an address from now on. Call before {@link #stop}, from one thread. @return done when the whole cluster knows of it */
  public Future<Void> serve(String address, Work work) {
    var consumer = vertx.eventBus().<Object>consumer(address, message -> receive(message, work));
    consumers.add(consumer);
    return consumer.completion();
  }

  /** How many are worked on now. */
  public int working() {
    return working.get();
  }

  /**
   * Takes no more requests and ends the waits of those under way.
   *
   * @return done when all are answered, after {@code patience} at the latest
   */
  public Future<Void> stop(Duration patience) {
    var left = Future.join(consumers.stream().map(MessageConsumer::unregister).toList());
    return left.otherwiseEmpty().compose(ignored -> {
      stopping = true;
      scopes.forEach(CallScope::end);
      completeWhenIdle();
      var timer = vertx.setTimer(Math.max(1, patience.toMillis()), late -> idle.tryComplete());
      return idle.future().onComplete(done -> vertx.cancelTimer(timer));
    });
  }

  private void receive(Message<Object> message, Work work) {
    if (!message.isSend()) {
      LOG.atDebug().addKeyValue("address", message.address()).log("a published message is no request; it is not carried out");
      return;
    }
    var requestId = RequestIds.of(message.headers().get(RequestHeaders.REQUEST_ID));
    if (working.incrementAndGet() > most || stopping) {
      leave();
      refuse(message, requestId, ProblemException.of(ProblemCode.UNAVAILABLE, stopping ? "The node is stopping; ask another or try again."
          : "This node already works on as many requests as it may."));
      return;
    }
    THREADS.newThread(() -> {
      try {
        work(message, requestId, work);
      } finally {
        leave();
      }
    }).start();
  }

  private void work(Message<Object> message, String requestId, Work work) {
    var scope = new CallScope();
    scopes.add(scope);
    var timer = -1L;
    try {
      // Nothing tells that a caller has given up: what is taken on its behalf after that would be held by nobody.
      timer = vertx.setTimer(Request.patienceOf(message).toMillis(), late -> scope.end());
      if (stopping) {
        scope.end();
      }
      var request = new Request(message.headers(), message.body(), requestId, scope);
      var answer = scope.call(() -> work.answer(request));
      var options = new DeliveryOptions().addHeader(RequestHeaders.REQUEST_ID, requestId);
      answer.headers().forEach(options::addHeader);
      message.reply(ExactJson.object(answer.json()), options);
    } catch (ProblemException refusal) {
      refuse(message, requestId, refusal);
    } catch (Throwable defect) {
      LOG.atError().setCause(defect).addKeyValue("request", requestId).addKeyValue("address", message.address()).log("a request from the event bus failed");
      refuse(message, requestId, ProblemException.of(ProblemCode.INTERNAL, "The request failed; the node's log has the cause under " + requestId + "."));
    } finally {
      scopes.remove(scope);
      if (timer >= 0) {
        vertx.cancelTimer(timer);
      }
    }
  }

  private static void refuse(Message<Object> message, String requestId, ProblemException refusal) {
    message.fail(refusal.code().httpStatus(), new String(ProblemAnswer.body(refusal, requestId, null), StandardCharsets.UTF_8));
  }

  private void leave() {
    working.decrementAndGet();
    completeWhenIdle();
  }

  private void completeWhenIdle() {
    if (stopping && working.get() == 0) {
      idle.tryComplete();
    }
  }
}
