package io.agentbus.door.memory;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.http.BearerGate;
import io.agentbus.http.Exchange;
import io.agentbus.http.IdempotencyKey;
import io.agentbus.http.JsonBody;
import io.agentbus.http.ProblemAnswer;
import io.agentbus.http.QueryString;
import io.agentbus.http.RouteTree;
import io.agentbus.http.Site;
import io.agentbus.http.Surface;
import io.agentbus.op.Caller;
import io.agentbus.op.Catalogue;
import io.agentbus.op.Effect;
import io.agentbus.op.Invocation;
import io.agentbus.op.Json;
import io.agentbus.op.RecordShape;
import io.agentbus.op.Source;
import io.agentbus.op.TextInput;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.http.HttpHeaders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Answers clients of ai-memory's HTTP interface. A token comes as ever, or in the header that they call {@code X-API-Key}. */
public final class MemoryDoor implements Surface {
  private static final String BASE = "/api/v1";
  private static final String KEY = "X-API-Key";
  private static final String AGENT = "X-Agent-Id";
  private static final String AGENT_FIELD = "agent_id";
  private static final int ACCEPTED = 202;

  private final Catalogue catalogue;
  private final BearerGate bearer;
  private final RouteTree<MemoryRoute> routes = new RouteTree<>();

  /** @param bearer who calls */
  public MemoryDoor(Catalogue catalogue, BearerGate bearer) {
    this.catalogue = catalogue;
    this.bearer = bearer;
    MemoryRoutes.ALL.forEach(route -> routes.add(route.method(), route.path(), route));
  }

  /** Mounts its paths, which are longer than that of the REST door and so go before it. */
  public void mount(Site site) {
    MemoryRoutes.ROOTS.forEach(root -> site.mount(BASE + root, this));
  }

  @Override
  public void handle(Exchange exchange) {
    exchange.tellError();
    var found = routes.find(exchange.path(), BASE.length());
    if (found == null) {
      throw Site.noSuchPath();
    }
    var method = exchange.method().name();
    var route = found.methods().get(method.equals("HEAD") ? "GET" : method);
    if (route == null) {
      throw ProblemException.of(ProblemCode.METHOD_NOT_ALLOWED, "This path is served for " + String.join(", ", new TreeSet<>(found.methods().keySet())) + ".")
          .with(ProblemAnswer.ALLOW, String.join(", ", new TreeSet<>(found.methods().keySet())));
    }
    var headers = exchange.request().headers();
    if (!headers.contains(HttpHeaders.AUTHORIZATION) && !headers.contains(KEY)) {
      throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "This call needs a token.");
    }
    exchange.workWithBody(() -> callerOf(exchange), body -> serve(route, exchange, found.values(), body));
  }

  private Caller callerOf(Exchange exchange) {
    var key = exchange.request().getHeader(KEY);
    return key == null || exchange.request().headers().contains(HttpHeaders.AUTHORIZATION) ? bearer.callerOf(exchange)
        : bearer.callerOf(exchange.address(), key.strip());
  }

  private void serve(MemoryRoute route, Exchange exchange, List<String> values, byte[] body) {
    var caller = callerOf(exchange);
    exchange.actor(caller.actor());
    var operation = catalogue.find(route.operation());
    if (operation == null) {
      throw Site.noSuchPath();
    }
    var headers = exchange.request().headers();
    var shape = RecordShape.of(operation.input());
    var sent = JsonBody.object(exchange.request().getHeader(HttpHeaders.CONTENT_TYPE), body);
    QueryString.parse(exchange.query()).forEach((name, given) -> put(sent, name, TextInput.ofParameter(shape, name, given)));
    var at = 0;
    for (var segment : route.path().substring(1).split("/")) {
      if (segment.startsWith("{")) {
        var name = segment.substring(1, segment.length() - 1);
        put(sent, name, TextInput.of(shape, name, QueryString.segment(values.get(at++))));
      }
    }
    if (shape.field(AGENT_FIELD) == null && sent.path(AGENT_FIELD).isTextual()) {
      Source.of(caller, sent.get(AGENT_FIELD).textValue(), "/" + AGENT_FIELD);
    }
    var input = route.ask().of(sent, headers);
    nameAgent(caller, headers.get(AGENT), shape, route, input);
    var key = operation.effect() == Effect.READ ? null : IdempotencyKey.in(headers);
    var reply = catalogue.invoke(new Invocation(operation.name(), caller, input, key, exchange.requestId()));
    if (reply.replayed()) {
      exchange.header("Idempotency-Replayed", "true");
    }
    answer(route, exchange, input, reply.json());
  }

  private static void put(ObjectNode sent, String name, JsonNode value) {
    var given = sent.get(name);
    if (given != null && !given.asText().equals(value.asText())) {
      throw ProblemException.invalid("/" + name, "'" + name + "' is given twice and differently.");
    }
    sent.set(name, value);
  }

  /** The header may say again who the token is; what it says goes where the operation asks who acts, and is held to the token either way. */
  private static void nameAgent(Caller caller, @Nullable String agent, RecordShape shape, MemoryRoute route, ObjectNode input) {
    if (agent == null || agent.isBlank()) {
      return;
    }
    Source.of(caller, agent.strip(), "/" + AGENT);
    var asksWhoActs = shape.field(AGENT_FIELD) != null && !route.operation().equals("memory_list") && !route.operation().equals("memory_search");
    if (asksWhoActs && !input.has(AGENT_FIELD)) {
      input.put(AGENT_FIELD, agent.strip());
    }
  }

  private static void answer(MemoryRoute route, Exchange exchange, ObjectNode input, byte[] json) {
    try {
      var answer = (ObjectNode) Json.MAPPER.readTree(json);
      var waits = MemoryRoute.waits(answer);
      exchange.end(waits ? ACCEPTED : route.status(), "application/json", Json.MAPPER.writeValueAsBytes(route.tell().apply(input, answer)));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("an answer of " + route.operation() + " is not JSON", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
