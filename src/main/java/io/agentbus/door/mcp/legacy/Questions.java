package io.agentbus.door.mcp.legacy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.rpc.Frames;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.rpc.RpcMessage.Response;
import io.agentbus.door.mcp.wire.Outbox;
import io.agentbus.op.CallScope;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/** What a session's client is asked while a request of its is worked on. Any thread. */
final class Questions {
  private static final long PATIENCE_MINUTES = 10;
  private static final int MOST = 64;

  private final AtomicLong last = new AtomicLong();
  private final Map<String, CompletableFuture<Response>> open = new ConcurrentHashMap<>();

  /**
   * Asks and waits.
   *
   * @param outbox of the request that needs the answer
   * @param scope ends the wait
   * @return the client's result
   * @throws RpcError when the client refuses, is silent, or has gone
   */
  ObjectNode ask(Outbox outbox, CallScope scope, String method, ObjectNode params) throws InterruptedException {
    if (open.size() >= MOST) {
      throw refused("this client is asked too much already");
    }
    var id = "ask-" + last.incrementAndGet();
    var answer = new CompletableFuture<Response>();
    open.put(id, answer);
    try (var _ = scope.onOver(() -> answer.cancel(false))) {
      outbox.ask(Frames.request(id, method, params));
      var response = answer.get(PATIENCE_MINUTES, TimeUnit.MINUTES);
      if (response.result() instanceof ObjectNode result) {
        return result;
      }
      throw refused(response.error() == null ? "its answer is no object"
          : response.error().path("message").asText("it gave no reason"));
    } catch (ExecutionException | TimeoutException | CancellationException silent) {
      throw refused("it did not answer");
    } finally {
      open.remove(id);
    }
  }

  private static RpcError refused(String why) {
    return RpcError.of(RpcError.INVALID_REQUEST, 200, "The client was asked and refused: " + why + ".", null);
  }

  /** Takes an answer; one to nothing is dropped. */
  void answered(Response response) {
    var question = response.id().isTextual() ? open.get(response.id().textValue()) : null;
    if (question != null) {
      question.complete(response);
    }
  }

  /** Nobody will answer any more. */
  void end() {
    open.values().forEach(question -> question.cancel(false));
  }
}
