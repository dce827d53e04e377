package io.agentbus.door.mcp;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that says exactly what a test wants it to, in either era. */
final class McpClient implements AutoCloseable {
  static final String MODERN = "2026-07-28";
  private static final String PREFIX = "io.modelcontextprotocol/";

  private final HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final AtomicInteger ids = new AtomicInteger();
  private final String url;
  private final String token;
  private String capabilities = "{}";
  private String session = "";
  private String version = "";

  /** @param url of the door @param token empty for none */
  McpClient(String url, String token) {
    this.url = url;
    this.token = token;
  }

  /** Declares from now on. @param json ClientCapabilities; quotes may be single */
  McpClient declaring(String json) {
    capabilities = json.replace('\'', '"');
    return this;
  }

  /** A request of 2026-07-28, as it should be. @param params JSON; quotes may be single */
  Answered modern(String method, String params) throws Exception {
    return modern(method, params, Map.of());
  }

  /** The same with other headers; an empty value leaves one out. */
  Answered modern(String method, String params, Map<String, String> headers) throws Exception {
    return send(modernRequest(method, params, headers));
  }

  HttpRequest modernRequest(String method, String params, Map<String, String> headers) {
    var tree = tree(params);
    var meta = tree.withObjectProperty("_meta").put(PREFIX + "protocolVersion", MODERN);
    meta.set(PREFIX + "clientCapabilities", Answered.tree(capabilities));
    var all = new LinkedHashMap<String, String>();
    all.put("MCP-Protocol-Version", MODERN);
    all.put("Mcp-Method", method);
    for (var name : new String[] {"name", "uri", "taskId"}) {
      if (tree.path(name).isTextual()) {
        all.put("Mcp-Name", tree.get(name).textValue());
      }
    }
    all.putAll(headers);
    return post(message(method, tree), all);
  }

  /** Begins a session. */
  Answered initialize(String revision) throws Exception {
    version = "";
    session = "";
    var params = Json.MAPPER.createObjectNode().put("protocolVersion", revision);
    params.set("capabilities", Answered.tree(capabilities));
    params.putObject("clientInfo").put("name", "test").put("version", "1");
    var answer = send(post(message("initialize", params), Map.of()));
    session = answer.headers().firstValue("Mcp-Session-Id").orElse("");
    version = revision;
    return answer;
  }

  String session() {
    return session;
  }

  /** A request of the session. @param params JSON; quotes may be single */
  Answered call(String method, String params) throws Exception {
    return send(inSession(message(method, tree(params))));
  }

  /** The same without waiting. @param id of the request */
  CompletableFuture<Answered> callLater(int id, String method, String params) {
    return http.sendAsync(inSession(message(method, tree(params)).put("id", id)), BodyHandlers.ofString())
        .thenApply(McpClient::answered);
  }

  /** Any text in the session. */
  Answered post(String body) throws Exception {
    return send(inSession(body));
  }

  /** A message that wants no answer. */
  Answered tell(String method, String params) throws Exception {
    var message = message(method, tree(params));
    message.remove("id");
    return send(inSession(message));
  }

  private HttpRequest inSession(Object body) {
    var headers = new LinkedHashMap<String, String>();
    if (!session.isEmpty()) {
      headers.put("Mcp-Session-Id", session);
    }
    if (!version.isEmpty()) {
      headers.put("MCP-Protocol-Version", version);
    }
    return post(body, headers);
  }

  /** GET or DELETE in the session. */
  HttpRequest.Builder bare(String method, String... headers) {
    var request = HttpRequest.newBuilder(URI.create(url)).method(method, BodyPublishers.noBody())
        .header("Accept", "text/event-stream");
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (!session.isEmpty()) {
      request.header("Mcp-Session-Id", session);
    }
    for (var at = 0; at < headers.length; at += 2) {
      request.header(headers[at], headers[at + 1]);
    }
    return request;
  }

  HttpRequest post(Object body, Map<String, String> headers) {
    var request = HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.ofString(body.toString()))
        .setHeader("Content-Type", "application/json").setHeader("Accept", "application/json, text/event-stream");
    if (!token.isEmpty()) {
      request.setHeader("Authorization", "Bearer " + token);
    }
    headers.forEach((name, value) -> {
      if (!value.isEmpty()) {
        request.setHeader(name, value);
      }
    });
    return request.build();
  }

  Answered send(HttpRequest request) throws Exception {
    return answered(http.send(request, BodyHandlers.ofString()));
  }

  CompletableFuture<Answered> sendLater(HttpRequest request) {
    return http.sendAsync(request, BodyHandlers.ofString()).thenApply(McpClient::answered);
  }

  /** A stream to be read as it comes. */
  Events open(HttpRequest request) throws Exception {
    HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
    return new Events(response.statusCode(), response.body());
  }

  private ObjectNode message(String method, ObjectNode params) {
    var message = Json.MAPPER.createObjectNode().put("jsonrpc", "2.0").put("id", ids.incrementAndGet()).put("method", method);
    message.set("params", params);
    return message;
  }

  private static Answered answered(HttpResponse<String> response) {
    return new Answered(response.statusCode(), response.headers(), response.body());
  }

  static ObjectNode tree(String json) {
    return (ObjectNode) Answered.tree(json.replace('\'', '"'));
  }

  @Override
  public void close() {
    http.shutdownNow();
  }
}
