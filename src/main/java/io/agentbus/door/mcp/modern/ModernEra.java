package io.agentbus.door.mcp.modern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.crypto.StateSeal;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.content.Content;
import io.agentbus.door.mcp.content.Methods;
import io.agentbus.door.mcp.content.Outcome;
import io.agentbus.door.mcp.content.Tasks;
import io.agentbus.door.mcp.rpc.Frames;
import io.agentbus.door.mcp.rpc.Revision;
import io.agentbus.door.mcp.rpc.RpcError;
import io.agentbus.door.mcp.rpc.RpcMessage;
import io.agentbus.door.mcp.rpc.RpcMessage.Request;
import io.agentbus.door.mcp.wire.AnswerWriter;
import io.agentbus.door.mcp.wire.Callers;
import io.agentbus.door.mcp.wire.LogLevel;
import io.agentbus.door.mcp.wire.Outbox;
import io.agentbus.door.mcp.wire.Refusals;
import io.agentbus.door.mcp.wire.RequestWork;
import io.agentbus.http.Exchange;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Serves requests that say everything themselves. Order of its checks: the protocol's. */
public final class ModernEra {
  private static final String DISCOVER = "server/discover";
  private static final String LISTEN = "subscriptions/listen";
  private static final AnswerWriter.Form ONE = new AnswerWriter.Form(null, false, false);
  private static final Set<String> TASKS = Set.of("tasks/get", "tasks/update", "tasks/cancel");

  private final Content content;
  private final Callers callers;
  private final Methods methods;
  private final RequestStates states;
  private final ResultForm form;

  /**
   * @param callers asked again while a stream goes on
   * @param seal for what clients carry
   */
  public ModernEra(Content content, Callers callers, StateSeal seal) {
    this.content = content;
    this.callers = callers;
    this.methods = new Methods(content);
    this.states = new RequestStates(seal);
    this.form = new ResultForm(content.about());
  }

  /** Whether a message shows by its metadata that it is of this era. */
  public static boolean isMeantBy(JsonNode message) {
    return message.path("params").path("_meta").has(RequestMeta.VERSION);
  }

  /** Answers one message. On the exchange's virtual thread. @param query of the URL */
  public void serve(Exchange exchange, Caller caller, Map<String, List<String>> query, RpcMessage message)
      throws InterruptedException {
    switch (message) {
      case RpcMessage.Notification ignored -> exchange.end(202);
      case RpcMessage.Response ignored ->
          throw RpcError.invalidRequest("In this revision nobody asks a client, so it has nothing to respond to.");
      case Request request -> {
        try {
          serve(exchange, caller, query, request);
        } catch (ProblemException unauthenticated) {
          if (unauthenticated.code() == ProblemCode.UNAUTHENTICATED) {
            throw unauthenticated;
          }
          throw Refusals.of(unauthenticated, exchange.requestId()).answering(request.id());
        } catch (RuntimeException failure) {
          throw Refusals.of(failure, exchange.requestId()).answering(request.id());
        }
      }
    }
  }

  private void serve(Exchange exchange, Caller caller, Map<String, List<String>> query, Request request)
      throws InterruptedException {
    var meta = RequestMeta.of(request);
    var headers = new MirroredHeaders(exchange.request().headers());
    headers.check(request, meta.version());
    if (!meta.version().equals(Revision.V2026_07_28.wire())) {
      throw unsupported(meta.version());
    }
    var method = request.method();
    if (!isKnown(method)) {
      throw RpcError.methodNotFound(method);
    }
    var asker = new Asker(caller, content.view(caller, query), Revision.V2026_07_28, meta.capabilities(),
        exchange.requestId());
    if (TASKS.contains(method) && !asker.takesTasks()) {
      throw RpcError.missingCapability(Asker.tasksCapability());
    }
    if (Methods.isWorking(method)) {
      work(exchange, headers, asker, meta, request);
    } else if (method.equals(LISTEN)) {
      new ListenStream(exchange, content, callers, form).run(asker, request);
    } else {
      exchange.end(200, "application/json", Frames.result(request.id(), form.complete(method, answer(asker, request))));
    }
  }

  private boolean isKnown(String method) {
    return Methods.has(method) || method.equals(DISCOVER) || method.equals(LISTEN)
        || content.tasks() != null && TASKS.contains(method);
  }

  private static RpcError unsupported(String requested) {
    var data = Json.MAPPER.createObjectNode();
    Revision.supported().forEach(data.putArray("supported")::add);
    return RpcError.of(RpcError.UNSUPPORTED_VERSION, 400, "This protocol version is not served here in this form.",
        data.put("requested", requested));
  }

  private ObjectNode answer(Asker asker, Request request) {
    var params = request.params();
    if (request.method().equals(DISCOVER)) {
      return form.discovery(content.tasks() != null);
    }
    var tasks = content.tasks();
    if (tasks == null || !TASKS.contains(request.method())) {
      return methods.answer(asker, request.method(), params);
    }
    return answer(tasks, asker, request.method(), params);
  }

  private static ObjectNode answer(Tasks tasks, Asker asker, String method, ObjectNode params) {
    var id = params.path("taskId");
    if (!id.isTextual()) {
      throw RpcError.invalidParams("params.taskId is missing, or is not text.");
    }
    switch (method) {
      case "tasks/get" -> {
        return tasks.get(asker, id.textValue());
      }
      case "tasks/update" -> tasks.update(asker, id.textValue(), Methods.object(params, "inputResponses"));
      default -> tasks.cancel(asker, id.textValue());
    }
    return Json.MAPPER.createObjectNode();
  }

  /** Works on its own thread, so that this one can say that the stream lives. */
  private void work(Exchange exchange, MirroredHeaders headers, Asker asker, RequestMeta meta, Request request)
      throws InterruptedException {
    var params = request.params();
    if (request.method().equals("tools/call") && params.path("name").isTextual()) {
      var tool = content.tool(asker, params.get("name").textValue());
      if (tool == null) {
        throw Methods.unknownTool(params.get("name").textValue());
      }
      headers.checkArguments(tool, params.path("arguments"));
    }
    var outbox = new Outbox(1);
    var answers = Answers.in(params);
    var state = states.open(asker.caller(), request.method(), params);
    var level = LogLevel.ofWire(meta.logLevel());
    var writer = new AnswerWriter(exchange, outbox, ONE);
    var work = new RequestWork(asker, meta.all(), answers, state, outbox, () -> level, () -> { });
    Thread.ofVirtual().name("mcp-work").start(() -> exchange.scope().call(() -> {
      carryOut(exchange, work, request);
      return true;
    }));
    // The scope of the work is that of the exchange: who closes the stream cancels it.
    writer.write(() -> { });
  }

  private void carryOut(Exchange exchange, RequestWork work, Request request) {
    try {
      var outcome = methods.work(work, request.method(), request.params());
      if (exchange.scope().over() && outcome.wasNotHeard()) {
        throw Refusals.nobodyWaited();
      }
      work.outbox().answer(Frames.result(request.id(), result(work.asker(), request, outcome)), 200);
    } catch (Throwable failure) {
      var error = Refusals.of(failure, exchange.requestId()).answering(request.id());
      work.outbox().answer(Frames.error(error), error.status());
    }
  }

  private ObjectNode result(Asker asker, Request request, Outcome outcome) {
    return switch (outcome) {
      case Outcome.Done done -> form.complete(request.method(), done.result());
      case Outcome.Began began -> {
        if (!asker.takesTasks()) {
          throw RpcError.missingCapability(Asker.tasksCapability());
        }
        yield form.of("task", began.task());
      }
      case Outcome.NeedsInput needs -> {
        var result = Answers.questions(asker, needs.questions());
        if (needs.state() != null) {
          result.put("requestState", states.close(needs.state(), asker.caller(), request.method(), request.params()));
        }
        yield form.of("input_required", result);
      }
    };
  }
}
