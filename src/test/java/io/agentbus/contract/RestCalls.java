package io.agentbus.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.http.QueryString;
import io.agentbus.op.Json;
import io.agentbus.op.Operation;
import io.agentbus.op.RecordShape;
import io.agentbus.op.ValueShape.Kind;
import io.agentbus.problem.ProblemCode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;

/** Calls over HTTP, either by the operation's own route or by the one that is the same for all. */
final class RestCalls implements Door, AutoCloseable {
  /** A request line that a server certainly takes. */
  private static final int LONGEST_LINE = 6_000;
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final String base;
  private final boolean own;

  RestCalls(String baseUrl, boolean ownRoutes) {
    base = baseUrl + "/api/v1";
    own = ownRoutes;
  }

  @Override
  public String name() {
    return own ? "own route" : "uniform route";
  }

  @Override
  public boolean canSay(Operation<?, ?, ?> operation, Refusal refusal) {
    if (!own) {
      return true;
    }
    var path = operation.route().pathFields();
    var inLine = operation.route().method().equals("GET") || path.contains(refusal.spoiled());
    var field = RecordShape.of(operation.input()).field(refusal.spoiled());
    // Text is what a line is made of.
    return path.stream().allMatch(refusal.input()::has)
        && !(inLine && field != null && field.value().kind() == Kind.TEXT && refusal.input().path(refusal.spoiled()).isNumber())
        && line(operation, refusal.input()).length() <= LONGEST_LINE;
  }

  @Override
  public Answer call(Operation<?, ?, ?> operation, Ask ask) throws Exception {
    var method = own ? operation.route().method() : "POST";
    var body = ask.input().deepCopy();
    var line = "/op/" + operation.name();
    if (own) {
      line = line(operation, body);
      body.remove(operation.route().pathFields());
    }
    var request = HttpRequest.newBuilder(URI.create(base + line)).header("Content-Type", "application/json")
        .method(method, method.equals("GET") ? BodyPublishers.noBody() : BodyPublishers.ofString(body.toString()));
    if (!ask.token().isEmpty()) {
      request.header("Authorization", "Bearer " + ask.token());
    }
    if (!ask.key().isEmpty()) {
      request.header("Idempotency-Key", ask.key());
    }
    var answer = client.send(request.build(), BodyHandlers.ofString());
    return new Answer(answer.statusCode(), answer.statusCode() >= 400, Json.MAPPER.readTree(answer.body()));
  }

  private static String line(Operation<?, ?, ?> operation, ObjectNode input) {
    var rest = input.deepCopy();
    var path = operation.route().path();
    for (var field : operation.route().pathFields()) {
      path = path.replace("{" + field + "}", QueryString.encode(text(rest.remove(field))));
    }
    if (!operation.route().method().equals("GET")) {
      return path;
    }
    var parameters = new ArrayList<String>();
    rest.properties().forEach(field -> parameters.add(field.getKey() + "=" + QueryString.encode(text(field.getValue()))));
    return parameters.isEmpty() ? path : path + "?" + String.join("&", parameters);
  }

  private static String text(JsonNode value) {
    return value.isTextual() ? value.textValue() : value.toString();
  }

  @Override
  public int status(ProblemCode code) {
    return code.httpStatus();
  }

  @Override
  public void close() {
    client.close();
  }
}
