package io.agentbus.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.agentbus.client.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ExecutorService;
import java.util.function.Function;

/**
 * A real HTTP server on the loopback that plays a node: each operation answers as its test says, and every call is
 * kept.
 */
public final class ScriptedNode implements AutoCloseable {
  /**
   * A call that arrived. {@code token} is without {@code Bearer}; {@code key} is the Idempotency-Key; both may be null.
   */
  public record Received(String operation, ObjectNode input, String token, String key) {}

  /** An answer with its status; {@code null} breaks the connection instead of answering. */
  public record Said(int status, JsonNode body) {}

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Function<Received, Said>> answers = new ConcurrentHashMap<>();
  private final List<Received> calls = new CopyOnWriteArrayList<>();

  public ScriptedNode() {
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setExecutor(threads);
      server.createContext("/", this::serve);
      server.start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public URI url() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
  }

  /** What an operation, or a path such as {@code /ready}, answers from now on. */
  public ScriptedNode on(String operation, Function<Received, Said> answer) {
    answers.put(operation, answer);
    return this;
  }

  public ScriptedNode on(String operation, String json) {
    return on(operation, _ -> ok(json));
  }

  public static Said ok(String json) {
    return new Said(200, tree(json));
  }

  /** A problem document; {@code more} are further members, as JSON. */
  public static Said problem(int status, String code, String detail, String more) {
    var problem = (ObjectNode) tree(more);
    problem.put("title", "No.").put("status", status).put("code", code).put("detail", detail);
    return new Said(status, problem);
  }

  public static JsonNode tree(String json) {
    try {
      return Trees.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public List<Received> calls(String operation) {
    return calls.stream().filter(call -> call.operation().equals(operation)).toList();
  }

  /** Every call, oldest first. */
  public List<Received> calls() {
    return List.copyOf(calls);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      var path = exchange.getRequestURI().getPath();
      var name = path.startsWith("/api/v1/op/") ? path.substring("/api/v1/op/".length()) : path;
      var body = exchange.getRequestBody().readAllBytes();
      var token = exchange.getRequestHeaders().getFirst("Authorization");
      var received = new Received(name, body.length == 0 ? Trees.MAPPER.createObjectNode()
          : (ObjectNode) Trees.MAPPER.readTree(body),
          token == null ? null : token.replaceFirst("^Bearer ", ""),
          exchange.getRequestHeaders().getFirst("Idempotency-Key"));
      calls.add(received);
      var said = answers.getOrDefault(name, _ -> problem(404, "not_found", "There is no " + name + " here.", "{}"))
          .apply(received);
      if (said != null) {
        var bytes = Trees.MAPPER.writeValueAsBytes(said.body());
        exchange.getResponseHeaders().set("Content-Type", said.status() < 400 ? "application/json"
            : "application/problem+json");
        exchange.sendResponseHeaders(said.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
