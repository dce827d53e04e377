package io.agentbus.op;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.problem.ProblemCode;
import java.util.Collection;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The OpenAPI 3.1 description of the REST door, made from the operations: each stands there twice, under its own route
 * and as {@code POST /api/v1/op/<name>}. The same operations give the same document.
 */
public final class OpenApiDocument {
  private static final String BASE = "/api/v1";
  private static final String DESCRIPTION = """
      Agents hand each other work, facts and messages through the bus, and it proves afterwards what ran. Delivered at \
      least once; accepted at most once per fence.

      Every operation can be called by its own route or as POST /api/v1/op/{operation} with the whole input as JSON. \
      Names are in snake_case, times as RFC 3339 has them, ids UUIDs. Unknown fields are refused. An optional field of \
      an input may be null, which means absent.""";
  private static final Set<ProblemCode> OF_EVERY_CALL = Set.of(ProblemCode.INVALID_INPUT, ProblemCode.LIMIT_EXCEEDED,
      ProblemCode.INTERNAL, ProblemCode.UNAVAILABLE);

  private final ObjectNode document = Json.MAPPER.createObjectNode();
  private final ObjectNode paths = Json.MAPPER.createObjectNode();
  private final OpenApiComponents components;
  private final Limits limits;

  private OpenApiDocument(Limits limits) {
    this.limits = limits;
    components = new OpenApiComponents(limits);
  }

  /** The document of a node with the usual limits. */
  public static ObjectNode of(Collection<? extends Operation<?, ?, ?>> operations, String version) {
    return of(operations, version, Limits.DEFAULT);
  }

  /**
   * Builds the document; costs tens of milliseconds, so keep it.
   *
   * @param version of this release
   * @param limits of inputs on the node
   * @return the caller's to add to, for instance the paths of streams
   */
  public static ObjectNode of(Collection<? extends Operation<?, ?, ?>> operations, String version, Limits limits) {
    var building = new OpenApiDocument(limits);
    building.addHead(operations, version);
    operations.forEach(building::addRouted);
    operations.forEach(building::addUniform);
    building.document.set("paths", building.paths);
    building.document.set("components", building.components.collect());
    return building.document;
  }

  private void addHead(Collection<? extends Operation<?, ?, ?>> operations, String version) {
    document.put("openapi", "3.1.0");
    var info = document.putObject("info").put("title", "agentbus").put("version", version)
        .put("summary", "The durable work bus for fleets of AI agents.")
        .put("description", DESCRIPTION);
    info.putObject("contact").put("name", "The operator of this node");
    info.putObject("license").put("name", "As the owner decides").put("identifier", "LicenseRef-agentbus");
    document.putArray("servers").addObject().put("url", "/").put("description", "The node that serves this document.");
    document.putArray("security").addObject().putArray("bearer");
    var tags = new TreeSet<String>();
    operations.forEach(operation -> tags.add(tag(operation)));
    var list = document.putArray("tags");
    tags.forEach(tag -> list.addObject().put("name", tag)
        .put("description", "Operations on " + tag.replace('-', ' ') + "."));
  }

  private void addRouted(Operation<?, ?, ?> operation) {
    var traits = RouteTraits.of(operation);
    var entry = entry(BASE + operation.route().path(), operation.route().method());
    describe(entry, operation, operation.name());
    var parameters = Json.MAPPER.createArrayNode();
    var pathFields = operation.route().pathFields();
    var shape = RecordShape.of(operation.input());
    var schemas = (ObjectNode) Schemas.input(operation, limits).path("properties");
    for (var name : pathFields) {
      parameters.add(components.parameter(schemas, shape, name, "path"));
    }
    if (traits.readsQuery()) {
      shape.names().stream().filter(name -> !pathFields.contains(name))
          .forEach(name -> parameters.add(components.parameter(schemas, shape, name, "query")));
    }
    if (traits.takesKey()) {
      parameters.add(components.sharedParameter("IdempotencyKey"));
    }
    if (traits.tagged()) {
      parameters.add(components.sharedParameter("IfNoneMatch"));
    }
    if (!parameters.isEmpty()) {
      entry.set("parameters", parameters);
    }
    // A body with DELETE has no meaning that clients agree on, so it is served but not described.
    if (traits.readsBody() && !traits.readsQuery()) {
      components.body(operation, pathFields).ifPresent(body -> entry.set("requestBody", body));
    }
    var responses = entry.putObject("responses");
    var answer = components.answer(operation, "The answer.");
    addHeaders(answer, traits);
    if (traits.creates()) {
      responses.set("200", components.answer(operation, "What was there already."));
      answer.put("description", "What was made.");
      responses.set("201", answer);
    } else {
      responses.set("200", answer);
    }
    if (traits.tagged()) {
      responses.putObject("304").put("description", "The answer is still the one that the entity tag names.");
    }
    addProblems(responses, operation);
  }

  private void addUniform(Operation<?, ?, ?> operation) {
    var entry = entry(BASE + "/op/" + operation.name(), "POST");
    describe(entry, operation, "call_" + operation.name());
    var traits = RouteTraits.uniform(operation);
    if (traits.takesKey()) {
      entry.putArray("parameters").add(components.sharedParameter("IdempotencyKey"));
    }
    entry.set("requestBody", components.wholeBody(operation));
    var responses = entry.putObject("responses");
    var answer = components.answer(operation, "The answer.");
    addHeaders(answer, traits);
    responses.set("200", answer);
    addProblems(responses, operation);
  }

  private ObjectNode entry(String path, String method) {
    var entry = paths.withObjectProperty(path);
    var key = method.toLowerCase(Locale.ROOT);
    if (entry.has(key)) {
      throw new IllegalStateException(method + " " + path + " belongs to two operations");
    }
    return entry.putObject(key);
  }

  private static void describe(ObjectNode entry, Operation<?, ?, ?> operation, String id) {
    entry.put("operationId", id);
    entry.put("summary", operation.summary());
    entry.put("description", operation.summary() + " " + switch (operation.right()) {
      case NONE -> "Needs no token: the input itself carries the proof.";
      default -> "Needs the right '" + operation.right().wire() + "'.";
    } + switch (operation.effect()) {
      case READ -> " Changes nothing.";
      case WRITE -> "";
      case DESTROY -> " Cannot be undone by another call.";
    });
    entry.putArray("tags").add(tag(operation));
    if (operation.right() == Right.NONE) {
      entry.putArray("security");
    }
  }

  private static void addHeaders(ObjectNode answer, RouteTraits traits) {
    var headers = Json.MAPPER.createObjectNode();
    if (traits.pages()) {
      header(headers, "Link", "The next page as RFC 8288 has it, with rel=\"next\"; absent on the last.", "string");
    }
    if (traits.creates()) {
      header(headers, "Location", "Where the new thing can be read.", "string");
    }
    if (traits.tagged()) {
      header(headers, "ETag", "Names this state of the answer, for If-None-Match.", "string");
    }
    if (traits.takesKey()) {
      header(headers, "Idempotency-Replayed",
          "Whether this is the answer of an earlier call with the same Idempotency-Key.", "boolean");
    }
    if (!headers.isEmpty()) {
      answer.set("headers", headers);
    }
  }

  private static void header(ObjectNode headers, String name, String description, String type) {
    headers.putObject(name).put("description", description).putObject("schema").put("type", type);
  }

  private void addProblems(ObjectNode responses, Operation<?, ?, ?> operation) {
    var codes = new TreeSet<>(OF_EVERY_CALL);
    if (operation.right() != Right.NONE) {
      codes.add(ProblemCode.UNAUTHENTICATED);
    }
    codes.addAll(Set.of(ProblemCode.FORBIDDEN, ProblemCode.NOT_FOUND));
    if (operation.effect() != Effect.READ) {
      codes.addAll(Set.of(ProblemCode.INVALID_TRANSITION, ProblemCode.PAYLOAD_TOO_LARGE,
          ProblemCode.IDEMPOTENCY_MISMATCH));
    }
    codes.forEach(code -> responses.set(Integer.toString(code.httpStatus()), components.problem(code.httpStatus())));
  }

  /** The area of an operation: the first word of its path. */
  private static String tag(Operation<?, ?, ?> operation) {
    return operation.route().path().split("/")[1];
  }
}
