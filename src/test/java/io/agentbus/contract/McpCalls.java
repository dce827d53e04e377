package io.agentbus.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import io.agentbus.op.Operation;
import io.agentbus.problem.ProblemCode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashMap;
import java.util.Map;

/** Calls of MCP tools, without a session or in one a token. A refusal is a result; it stands for the status of its code. */
final class McpCalls implements Door, AutoCloseable {
  private static final String META = "io.modelcontextprotocol/";
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final Map<String, String> sessions = new HashMap<>();
  private final URI url;
  private final boolean inSession;

  McpCalls(String baseUrl, boolean inSession) {
    this.url = URI.create(baseUrl + "/mcp?toolset=all");
    this.inSession = inSession;
  }

  @Override
  public String name() {
    return inSession ? "MCP session" : "MCP";
  }

  @Override
  public boolean canSay(Operation<?, ?, ?> operation, Refusal refusal) {
    // Nobody comes in without a token, also where the operation needs none.
    return !refusal.token().isEmpty() || refusal.code() == ProblemCode.UNAUTHENTICATED;
  }

  @Override
  public Answer call(Operation<?, ?, ?> operation, Ask ask) throws Exception {
    var params = Json.MAPPER.createObjectNode().put("name", operation.name());
    params.set("arguments", ask.input());
    if (!ask.key().isEmpty()) {
      params.putObject("_meta").put("io.agentbus/idempotencyKey", ask.key());
    }
    var request = request(ask.token(), "tools/call", params);
    if (inSession && !ask.token().isEmpty()) {
      request.header("Mcp-Session-Id", session(ask.token()));
    } else {
      request.header("Mcp-Name", operation.name());
    }
    var answer = client.send(request.build(), BodyHandlers.ofString());
    var body = Json.MAPPER.readTree(message(answer));
    if (answer.statusCode() == ProblemCode.UNAUTHENTICATED.httpStatus()) {
      return new Answer(answer.statusCode(), true, body);
    }
    var result = body.path("result");
    var refused = result.path("isError").asBoolean();
    var said = refused ? result.at("/_meta/io.agentbus~1problem") : result.path("structuredContent");
    return new Answer(refused ? said.path("status").asInt() : answer.statusCode(), refused, told(body, said));
  }

  /** What is answered after a wait comes as the last event of a stream. */
  private static String message(HttpResponse<String> answer) {
    return answer.headers().firstValue("Content-Type").orElse("").startsWith("text/event-stream")
        ? answer.body().lines().filter(line -> line.startsWith("data: {")).reduce((before, last) -> last).orElseThrow().substring("data: ".length())
        : answer.body();
  }

  /** An answer that is no result is shown whole. */
  private static JsonNode told(JsonNode body, JsonNode said) {
    return said.isMissingNode() ? body : said;
  }

  private HttpRequest.Builder request(String token, String method, ObjectNode params) {
    var message = Json.MAPPER.createObjectNode().put("jsonrpc", "2.0").put("id", 1).put("method", method);
    message.set("params", params);
    var request = HttpRequest.newBuilder(url).header("Content-Type", "application/json")
        .header("Accept", "application/json, text/event-stream");
    if (!inSession) {
      params.withObject("/_meta").put(META + "protocolVersion", "2026-07-28").putObject(META + "clientCapabilities");
      request.header("MCP-Protocol-Version", "2026-07-28").header("Mcp-Method", method);
    }
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    return request.POST(BodyPublishers.ofString(message.toString()));
  }

  private String session(String token) throws Exception {
    var known = sessions.get(token);
    if (known == null) {
      var params = Json.MAPPER.createObjectNode().put("protocolVersion", "2025-11-25");
      params.putObject("capabilities");
      HttpResponse<String> begun = client.send(request(token, "initialize", params).build(), BodyHandlers.ofString());
      known = begun.headers().firstValue("Mcp-Session-Id").orElseThrow(() -> new AssertionError(begun.body()));
      sessions.put(token, known);
    }
    return known;
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
