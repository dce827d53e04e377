package io.agentbus.op;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.victools.jsonschema.generator.SchemaBuilder;
import io.agentbus.problem.ProblemCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the paths of the API document share: schemas of records, problems by status, parameters. */
final class OpenApiComponents {
  private static final String SCHEMAS = "#/components/schemas/";

  private final SchemaBuilder inputs;
  private final SchemaBuilder outputs;
  /** Inputs without the fields that a path fills, by the name of their schema. */
  private final Map<String, ObjectNode> bodies = new TreeMap<>();
  private final Set<String> parameters = new TreeSet<>();
  private final Set<Integer> statuses = new TreeSet<>();
  private final Limits limits;

  OpenApiComponents(Limits limits) {
    this.limits = limits;
    inputs = Schemas.generator(true, false, limits).buildMultipleSchemaDefinitions();
    outputs = Schemas.generator(false, false, limits).buildMultipleSchemaDefinitions();
  }

  /** One input field as a parameter. Free JSON and records travel as JSON text. */
  ObjectNode parameter(ObjectNode schemas, RecordShape shape, String name, String place) {
    var field = shape.field(name);
    if (field == null || !(schemas.get(name) instanceof ObjectNode schema)) {
      throw new IllegalStateException("'" + name + "' is in the path but no field of " + shape.type().getName());
    }
    var parameter = Json.MAPPER.createObjectNode().put("name", name).put("in", place)
        .put("required", place.equals("path") || field.required()).put("description", field.description());
    schema.remove("description");
    var isJson = switch (field.value().leaf().kind()) {
      case RECORD, OBJECT, ANY -> true;
      default -> field.value().kind() == ValueShape.Kind.MAP;
    };
    if (isJson) {
      parameter.putObject("content").putObject("application/json").set("schema", schema);
    } else {
      parameter.set("schema", schema);
    }
    return parameter;
  }

  /** A reference to a parameter of many operations. */
  ObjectNode sharedParameter(String name) {
    parameters.add(name);
    return Json.MAPPER.createObjectNode().put("$ref", "#/components/parameters/" + name);
  }

  /** The body with the whole input. */
  ObjectNode wholeBody(Operation<?, ?, ?> operation) {
    var shape = RecordShape.of(operation.input());
    return body(operation, inputs.createSchemaReference(operation.input()), shape.fields());
  }

  /** The body of the operation's own route; empty when the path says everything. */
  Optional<ObjectNode> body(Operation<?, ?, ?> operation, List<String> pathFields) {
    var shape = RecordShape.of(operation.input());
    var rest = shape.fields().stream().filter(field -> !pathFields.contains(field.name())).toList();
    if (rest.isEmpty()) {
      return Optional.empty();
    }
    if (pathFields.isEmpty()) {
      return Optional.of(wholeBody(operation));
    }
    var schema = Schemas.input(operation, limits);
    var required = Json.MAPPER.createArrayNode();
    rest.stream().filter(FieldShape::required).forEach(field -> required.add(field.name()));
    ((ObjectNode) schema.get("properties")).remove(pathFields);
    if (required.isEmpty()) {
      schema.remove("required");
    } else {
      schema.set("required", required);
    }
    var reference = Json.MAPPER.createObjectNode().put("$ref", SCHEMAS + nameOfBody(operation, schema));
    return Optional.of(body(operation, reference, rest));
  }

  private String nameOfBody(Operation<?, ?, ?> operation, ObjectNode schema) {
    var name = operation.input().getSimpleName() + "Body";
    var taken = bodies.putIfAbsent(name, schema);
    if (taken == null || taken.equals(schema)) {
      return name;
    }
    // The same record under a route that fills other fields from its path.
    var own = name + "Of_" + operation.name();
    bodies.put(own, schema);
    return own;
  }

  private ObjectNode body(Operation<?, ?, ?> operation, ObjectNode schema, List<FieldShape> fields) {
    var body = Json.MAPPER.createObjectNode().put("description", "The input of " + operation.name() + ".")
        .put("required", fields.stream().anyMatch(FieldShape::required));
    var media = body.putObject("content").putObject("application/json");
    media.set("schema", schema);
    InputExample.of(fields.stream().map(field -> field.under(limits)).toList()).ifPresent(example -> media.set("example", example));
    return body;
  }

  /** The response with the output. */
  ObjectNode answer(Operation<?, ?, ?> operation, String description) {
    var response = Json.MAPPER.createObjectNode().put("description", description);
    response.putObject("content").putObject("application/json")
        .set("schema", outputs.createSchemaReference(operation.output()));
    return response;
  }

  /** A reference to the refusals of a status. */
  ObjectNode problem(int status) {
    statuses.add(status);
    return Json.MAPPER.createObjectNode().put("$ref", "#/components/responses/Problem" + status);
  }

  /** Everything referred to so far, once the last operation is through. */
  ObjectNode collect() {
    var components = Json.MAPPER.createObjectNode();
    var schemas = Json.MAPPER.createObjectNode();
    add(schemas, inputs.collectDefinitions("components/schemas"));
    add(schemas, outputs.collectDefinitions("components/schemas"));
    bodies.forEach((name, schema) -> put(schemas, name, schema));
    put(schemas, "Problem", problemSchema());
    components.set("schemas", schemas);
    var responses = components.putObject("responses");
    statuses.forEach(status -> responses.set("Problem" + status, problemResponse(status)));
    addParameters(components);
    components.putObject("securitySchemes").putObject("bearer").put("type", "http").put("scheme", "bearer")
        .put("description", "A token of an agent, a service or an operator.");
    return components;
  }

  private static void add(ObjectNode schemas, ObjectNode more) {
    more.properties().forEach(entry -> put(schemas, entry.getKey(), (ObjectNode) entry.getValue()));
  }

  private static void put(ObjectNode schemas, String name, ObjectNode schema) {
    if (schemas.replace(name, schema) != null) {
      throw new IllegalStateException("two records would both be the schema '" + name + "' of the API document");
    }
  }

  private void addParameters(ObjectNode components) {
    if (parameters.isEmpty()) {
      return;
    }
    var shared = components.putObject("parameters");
    if (parameters.contains("IdempotencyKey")) {
      shared.putObject("IdempotencyKey").put("name", "Idempotency-Key").put("in", "header").put("required", false)
          .put("description", "Makes repeating safe: the same key and input get the first answer again for "
              + IdempotencyStore.KEPT_HOURS + " hours. A structured-field string; the quotes may be left out.")
          .put("example", "8e03978e-40d5-43dd-bc93-6894a57f9324")
          .putObject("schema").put("type", "string").put("minLength", 1).put("maxLength", 257);
    }
    if (parameters.contains("IfNoneMatch")) {
      shared.putObject("IfNoneMatch").put("name", "If-None-Match").put("in", "header").put("required", false)
          .put("description", "Entity tags of answers that the caller has: when one is current, the answer is 304.")
          .putObject("schema").put("type", "string").put("maxLength", 4_096);
    }
  }

  private static ObjectNode problemSchema() {
    var schema = Json.MAPPER.createObjectNode().put("type", "object")
        .put("description", "A refusal in the form of RFC 9457. Further members name the state that stood in the way.");
    var properties = schema.putObject("properties");
    properties.putObject("type").put("type", "string").put("format", "uri-reference")
        .put("description", "Where the code is described.");
    properties.putObject("title").put("type", "string").put("description", "What the code means.");
    properties.putObject("status").put("type", "integer").put("description", "The HTTP status.");
    properties.putObject("detail").put("type", "string").put("description", "What was wrong this time.");
    properties.putObject("instance").put("type", "string").put("format", "uri-reference")
        .put("description", "The path asked for.");
    var codes = properties.putObject("code").put("type", "string").put("description", "Stable name of the refusal.")
        .putArray("enum");
    Arrays.stream(ProblemCode.values()).map(ProblemCode::wire).forEach(codes::add);
    properties.putObject("retryable").put("type", "boolean")
        .put("description", "Whether the same call may succeed later.");
    properties.putObject("remedy").put("type", "string").put("description", "What the caller can do.");
    properties.putObject("request_id").put("type", "string").put("description", "Names the request in the node's log.");
    var error = properties.putObject("errors").put("type", "array").put("description", "Each wrong field of an input.")
        .putObject("items").put("type", "object");
    error.putObject("properties").putObject("pointer").put("type", "string")
        .put("description", "JSON pointer into the input.");
    error.withObjectProperty("properties").putObject("detail").put("type", "string")
        .put("description", "What would be right.");
    error.putArray("required").add("pointer").add("detail");
    var required = schema.putArray("required");
    List.of("type", "title", "status", "detail", "code", "retryable", "remedy", "request_id").forEach(required::add);
    return schema;
  }

  private static ObjectNode problemResponse(int status) {
    var codes = Arrays.stream(ProblemCode.values()).filter(code -> code.httpStatus() == status).toList();
    var description = new StringBuilder();
    codes.forEach(code -> description.append(description.isEmpty() ? "" : "\n\n")
        .append('`').append(code.wire()).append("`: ").append(code.meaning()).append(' ').append(code.remedy()));
    var response = Json.MAPPER.createObjectNode().put("description", description.toString());
    if (status == 429 || status == 503) {
      response.putObject("headers").putObject("Retry-After").put("description", "Seconds to wait before trying again.")
          .putObject("schema").put("type", "integer");
    }
    var first = codes.getFirst();
    var media = response.putObject("content").putObject("application/problem+json");
    media.putObject("schema").put("$ref", SCHEMAS + "Problem");
    media.putObject("example").put("type", "/problems/" + first.wire()).put("title", first.meaning())
        .put("status", status)
        .put("detail", first.meaning()).put("code", first.wire()).put("retryable", first.retryable())
        .put("remedy", first.remedy()).put("request_id", "0197a0de-7c2b-7f31-9d5e-3c1f5b0a9e42");
    return response;
  }
}
