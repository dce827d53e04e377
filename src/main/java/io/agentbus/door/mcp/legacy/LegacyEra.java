package io.agentbus.door.mcp.legacy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Content;
import io.agentbus.door.mcp.content.Methods;
import io.agentbus.door.mcp.rpc.Frames;
import io.agentbus.door.mcp.rpc.Revision;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.rpc.RpcMessage;
import io.agentbus.door.mcp.rpc.RpcMessage.Notification;
import io.agentbus.door.mcp.rpc.RpcMessage.Request;
import io.agentbus.door.mcp.rpc.RpcMessage.Response;
import io.agentbus.door.mcp.rpc.Shortened;
import io.agentbus.door.mcp.wire.AnswerWriter;
import io.agentbus.door.mcp.wire.Callers;
import io.agentbus.door.mcp.wire.Refusals;
import io.agentbus.http.Exchange;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Serves sessions. */
public final class LegacyEra {
  private static final String SESSION = "Mcp-Session-Id";
  private static final String INITIALIZE = "initialize";
  private static final int MOST_IN_BATCH = 50;

  private final Content content;
  private final Sessions sessions;
  private final SessionCalls calls;
  private final CommonStream common;

  /** @param callers asked again while a stream goes on */
  public LegacyEra(Content content, Callers callers, Sessions sessions) {
    this.content = content;
    this.sessions = sessions;
    this.calls = new SessionCalls(content);
    this.common = new CommonStream(callers);
  }

  /** Whether the request names a session. */
  public static boolean hasSession(Exchange exchange) {
    return exchange.request().headers().contains(SESSION);
  }

  /** Answers what came in one POST. On the exchange's virtual thread. @param query of the URL */
  public void serve(Exchange exchange, Caller caller, Map<String, List<String>> query, JsonNode body)
      throws InterruptedException {
    checkAccept(exchange);
    if (body instanceof ArrayNode batch) {
      checkVersion(exchange);
      if (!hasSession(exchange)) {
        throw noSession();
      }
      var session = sessionOf(exchange, caller);
      calls.run(exchange, session, caller, requests(session, messages(session, batch)), true);
      return;
    }
    var message = RpcMessage.of(body);
    try {
      serve(exchange, caller, query, message);
    } catch (RpcError refused) {
      throw message instanceof Request request ? refused.answering(request.id()) : refused;
    }
  }

  private void serve(Exchange exchange, Caller caller, Map<String, List<String>> query, RpcMessage message)
      throws InterruptedException {
    checkVersion(exchange);
    if (!hasSession(exchange)) {
      begin(exchange, caller, query, message);
      return;
    }
    var session = sessionOf(exchange, caller);
    calls.run(exchange, session, caller, requests(session, List.of(message)), false);
  }

  /** Answers a GET: the stream that belongs to no request, or the rest of one whose connection broke. */
  public void listen(Exchange exchange, Caller caller) throws InterruptedException {
    checkVersion(exchange);
    var session = sessionOf(exchange, caller);
    if (!AnswerWriter.accepts(exchange, "text/event-stream")) {
      throw ProblemException.of(ProblemCode.NOT_ACCEPTABLE, "The stream is text/event-stream.");
    }
    var last = EventId.of(exchange.request().getHeader("Last-Event-ID"));
    if (last == null || last.stream() == Shelf.COMMON) {
      common.run(exchange, caller, session);
      return;
    }
    var stream = session.shelf().find(last.stream());
    if (stream == null || stream.outbox().isDone(last.number())) {
      // Nothing is left to say: this answer tells an EventSource to stop asking.
      exchange.end(204);
    } else {
      calls.resume(exchange, session, stream, last.number());
    }
  }

  /** Answers a DELETE: ends the session. */
  public void delete(Exchange exchange, Caller caller) {
    sessions.end(sessionOf(exchange, caller));
    exchange.end(204);
  }

  private Session sessionOf(Exchange exchange, Caller caller) {
    var session = sessions.find(exchange.request().getHeader(SESSION), caller);
    if (session == null) {
      throw RpcError.of(RpcError.INVALID_REQUEST, 404, "There is no such session; begin one with initialize.", null);
    }
    return session;
  }

  private static RpcError noSession() {
    return RpcError.invalidRequest("A session begins with initialize, and every later request names it in the header "
        + SESSION + ". A request of revision 2026-07-28 has its metadata in params._meta.");
  }

  private static void checkAccept(Exchange exchange) {
    if (!AnswerWriter.accepts(exchange, "application/json") || !AnswerWriter.accepts(exchange, "text/event-stream")) {
      throw ProblemException.of(ProblemCode.NOT_ACCEPTABLE, "A client of a session accepts both application/json and"
          + " text/event-stream.");
    }
  }

  private static void checkVersion(Exchange exchange) {
    var version = exchange.request().getHeader(Revision.HEADER);
    var revision = version == null ? Revision.V2025_03_26 : Revision.ofWire(version);
    if (revision == null || !revision.hasSessions()) {
      throw RpcError.invalidRequest("The protocol version '" + Shortened.of(String.valueOf(version))
          + "' is not served; those served are " + String.join(", ", Revision.supported()) + ".");
    }
  }

  private void begin(Exchange exchange, Caller caller, Map<String, List<String>> query, RpcMessage message) {
    if (!(message instanceof Request request) || !request.method().equals(INITIALIZE)) {
      throw noSession();
    }
    try {
      var session = sessions.begin(caller, revision(request.params().path("protocolVersion").textValue()),
          Methods.object(request.params(), "capabilities"), content.view(caller, query),
          new SessionWatch(content));
      exchange.header(SESSION, session.id());
      exchange.end(200, "application/json", Frames.result(request.id(), initialized(session)));
    } catch (RuntimeException failure) {
      throw Refusals.of(failure, exchange.requestId());
    }
  }

  private static Revision revision(@Nullable String asked) {
    var known = asked == null ? null : Revision.ofWire(asked);
    return known != null && known.hasSessions() ? known : Revision.NEWEST_WITH_SESSIONS;
  }

  private ObjectNode initialized(Session session) {
    var about = content.about();
    var result = Json.MAPPER.createObjectNode().put("protocolVersion", session.revision().wire());
    result.set("capabilities", about.capabilities());
    result.set("serverInfo", about.serverInfo());
    return result.put("instructions", about.instructions());
  }

  private static List<RpcMessage> messages(Session session, ArrayNode batch) {
    if (session.revision() != Revision.V2025_03_26) {
      throw RpcError.invalidRequest("Only revision 2025-03-26 has batches; send one message.");
    }
    if (batch.isEmpty() || batch.size() > MOST_IN_BATCH) {
      throw RpcError.invalidRequest("A batch has 1 to " + MOST_IN_BATCH + " messages, not " + batch.size() + ".");
    }
    var messages = new ArrayList<RpcMessage>(batch.size());
    batch.forEach(node -> messages.add(RpcMessage.of(node)));
    return messages;
  }

  /** Hears what wants no answer and returns the rest. */
  private static List<Request> requests(Session session, List<RpcMessage> messages) {
    var requests = new ArrayList<Request>(messages.size());
    for (var message : messages) {
      switch (message) {
        case Request request when request.method().equals(INITIALIZE) ->
            throw RpcError.invalidRequest("This session has begun already.").answering(request.id());
        case Request request -> requests.add(request);
        case Response response -> session.questions().answered(response);
        case Notification notification -> hear(session, notification);
      }
    }
    return requests;
  }

  private static void hear(Session session, Notification notification) {
    var id = notification.params().get("requestId");
    if (notification.method().equals("notifications/cancelled") && id != null) {
      session.cancel(id);
    }
  }
}
