package io.agentbus.door.mcp.legacy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Content;
import io.agentbus.door.mcp.content.Methods;
import io.agentbus.door.mcp.content.Outcome;
import io.agentbus.door.mcp.content.Results;
import io.agentbus.door.mcp.rpc.Frames;
import io.agentbus.door.mcp.rpc.Revision;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.rpc.RpcMessage.Request;
import io.agentbus.door.mcp.wire.AnswerWriter;
import io.agentbus.door.mcp.wire.LogLevel;
import io.agentbus.door.mcp.wire.Outbox;
import io.agentbus.door.mcp.wire.Refusals;
import io.agentbus.door.mcp.wire.RequestWork;
import io.agentbus.http.Exchange;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Carries out the requests of a session. Their streams outlive the connection, and so does the work. */
final class SessionCalls {
  /** How often one request may come back with further questions. */
  private static final int MOST_ROUNDS = 10;

  private final Methods methods;

  SessionCalls(Content content) {
    methods = new Methods(content);
  }

  /** Carries out the requests of one POST and writes their answers. @param batch whether they came as a list */
  void run(Exchange exchange, Session session, Caller caller, List<Request> requests, boolean batch)
      throws InterruptedException {
    if (requests.isEmpty()) {
      exchange.end(202);
      return;
    }
    var outbox = new Outbox(requests.size());
    var running = new ArrayList<RunningCall>(requests.size());
    var stream = session.shelf().open(outbox, () -> running.forEach(RunningCall::abandon));
    var left = new AtomicInteger(requests.size());
    // Before any work begins, which may ask the reader to leave.
    var writer = new AnswerWriter(exchange, outbox, form(session, stream, batch));
    for (var request : requests) {
      var call = new RunningCall(outbox);
      try {
        session.begin(request.id(), call);
      } catch (RpcError refused) {
        call.answer(Frames.error(refused.answering(request.id())), refused.status());
        endOne(session, stream, left);
        continue;
      }
      running.add(call);
      Runnable work = () -> {
        try {
          carryOut(exchange.requestId(), session, caller, request, call, outbox);
        } finally {
          session.end(request.id());
          endOne(session, stream, left);
        }
      };
      if (Methods.isWorking(request.method())) {
        Thread.ofVirtual().name("mcp-work").start(work);
      } else {
        work.run();
      }
    }
    writer.write(stream.left());
  }

  private static void endOne(Session session, Shelf.Stream stream, AtomicInteger left) {
    if (left.decrementAndGet() == 0) {
      session.shelf().end(stream);
    }
  }

  /** Goes on with a stream whose connection broke, behind the event of that number. */
  void resume(Exchange exchange, Session session, Shelf.Stream stream, int after) throws InterruptedException {
    new AnswerWriter(exchange, stream.outbox(), form(session, stream, false)).resume(after, stream.left());
  }

  private static AnswerWriter.Form form(Session session, Shelf.Stream stream, boolean array) {
    // Older clients choke on an event without data.
    return new AnswerWriter.Form(Integer.toString(stream.number()),
        session.revision().compareTo(Revision.V2025_11_25) >= 0, array);
  }

  private void carryOut(String requestId, Session session, Caller caller, Request request, RunningCall call, Outbox outbox) {
    try {
      var asker = session.asker(caller, requestId);
      var meta = Methods.object(request.params(), "_meta");
      var work = new RequestWork(asker, meta, Json.MAPPER.createObjectNode(), null, outbox, session::logLevel,
          outbox::letGo);
      var result = call.scope().call(() -> answer(session, request, work, call));
      // Nobody is told of it, not even who comes back, because it is nobody's any more.
      if (call.scope().over() && result.wasNotHeard()) {
        throw Refusals.nobodyWaited();
      }
      if (!call.answer(Frames.result(request.id(), result.result()), 200)) {
        result.wasNotHeard();
      }
    } catch (Throwable failure) {
      var error = Refusals.of(failure, requestId).answering(request.id());
      call.answer(Frames.error(error), status(error));
    }
  }

  /** To this era a method that is not there, or not allowed, is an answer like any other. */
  private static int status(RpcError error) {
    return error.status() == 404 || error.status() == 403 ? 200 : error.status();
  }

  private Outcome.Done answer(Session session, Request request, RequestWork work, RunningCall call)
      throws InterruptedException {
    var params = request.params();
    if (Methods.isWorking(request.method())) {
      return work(session, request, work, call);
    }
    return new Outcome.Done(switch (request.method()) {
      case "ping" -> Json.MAPPER.createObjectNode();
      case "logging/setLevel" -> setLevel(session, params);
      case "resources/subscribe" -> {
        session.watch().subscribe(work.asker(), uri(params));
        yield Json.MAPPER.createObjectNode();
      }
      case "resources/unsubscribe" -> {
        session.watch().unsubscribe(work.asker(), uri(params));
        yield Json.MAPPER.createObjectNode();
      }
      default -> methods.answer(work.asker(), request.method(), params);
    });
  }

  private static ObjectNode setLevel(Session session, ObjectNode params) {
    var level = LogLevel.ofWire(params.path("level").textValue());
    if (level == null) {
      throw RpcError.invalidParams("params.level is one of debug, info, notice, warning, error, critical, alert, emergency.");
    }
    session.logLevel(level);
    return Json.MAPPER.createObjectNode();
  }

  private static String uri(ObjectNode params) {
    if (!params.path("uri").isTextual()) {
      throw RpcError.invalidParams("params.uri is missing, or is not text.");
    }
    return params.get("uri").textValue();
  }

  private Outcome.Done work(Session session, Request request, RequestWork first, RunningCall call)
      throws InterruptedException {
    var work = first;
    try {
      for (var round = 0; round < MOST_ROUNDS; round++) {
        switch (methods.work(work, request.method(), request.params())) {
          case Outcome.Done done -> {
            return done;
          }
          case Outcome.NeedsInput needs -> work = work.with(ask(session, work, needs, call), needs.state());
          case Outcome.Began ignored -> throw new IllegalStateException("a session has no tasks");
        }
      }
      throw RpcError.of(RpcError.INTERNAL, 200, "This asked " + MOST_ROUNDS + " times and is still not content.", null);
    } catch (RpcError error) {
      throw error.code() == RpcError.INVALID_PARAMS && request.method().equals("resources/read") && error.data() != null
          ? error.withCode(RpcError.RESOURCE_NOT_FOUND) : error;
    } catch (Unasked unasked) {
      if (request.method().equals("tools/call")) {
        return new Outcome.Done(Results.failure(unasked.getMessage()));
      }
      throw RpcError.of(RpcError.INVALID_REQUEST, 200, unasked.getMessage(), null);
    }
  }

  private static ObjectNode ask(Session session, RequestWork work, Outcome.NeedsInput needs, RunningCall call)
      throws InterruptedException, Unasked {
    var answers = Json.MAPPER.createObjectNode();
    for (var question : needs.questions().entrySet()) {
      var method = question.getValue().path("method").asText();
      if (!work.asker().answers(method)) {
        throw new Unasked("This needs to ask the client (" + method + "), which has not declared that it can be asked.");
      }
      try {
        answers.set(question.getKey(), session.questions().ask(work.outbox(), call.scope(), method,
            Methods.object(question.getValue(), "params")));
      } catch (RpcError refused) {
        throw new Unasked(refused.getMessage());
      }
    }
    return answers;
  }

  /** The client was not asked, or did not answer. */
  private static final class Unasked extends Exception {
    Unasked(String message) {
      super(message, null, false, false);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}
