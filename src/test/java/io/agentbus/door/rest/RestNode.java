package io.agentbus.door.rest;

import io.agentbus.db.Database;
import io.agentbus.db.NamedQueries;
import io.agentbus.http.BearerGate;
import io.agentbus.http.HttpSettings;
import io.agentbus.http.Site;
import io.agentbus.http.TestServer;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Catalogue;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** A node that serves the things, the event stream and nothing else. */
final class RestNode implements AutoCloseable {
  final ThingOperations things = new ThingOperations();
  final MemoryFeed feed = new MemoryFeed();
  final Map<String, Caller> tokens = new ConcurrentHashMap<>();
  final TestServer web;
  private final Vertx vertx = Vertx.vertx();
  private final Database database;
  private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  RestNode(String databaseUrl, HttpSettings settings) {
    database = Database.open(vertx, databaseUrl, 2, NamedQueries.load(List.of("idempotency", "refusal")));
    tokens.put("all", caller("all", EnumSet.allOf(Right.class)));
    tokens.put("reader", caller("reader", EnumSet.of(Right.READ)));
    var bearer = new BearerGate(token -> {
      var caller = tokens.get(token);
      if (caller == null) {
        throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "The token is not known.");
      }
      return caller;
    }, settings.limits().authFailures());
    var site = new Site();
    new RestDoor(things.bind(new Catalogue(database)), bearer, feed, (caller, subscription, after) -> {
      throw ProblemException.notFound("subscription", subscription);
    }).mount(site);
    web = new TestServer(settings, site);
  }

  private static Caller caller(String name, Set<Right> rights) {
    return new Caller(UUID.randomUUID(), name, null, List.of(NamespacePath.DEFAULT), rights);
  }

  /** A request with the token that may do everything; {@code headers} are names and values, and may replace that. */
  HttpResponse<String> call(String method, String path, String body, String... headers) throws Exception {
    var request = HttpRequest.newBuilder(URI.create(web.server.baseUrl() + path))
        .method(method, body.isEmpty() ? HttpRequest.BodyPublishers.noBody()
        : HttpRequest.BodyPublishers.ofString(body))
        .setHeader("Authorization", "Bearer all");
    if (!body.isEmpty()) {
      request.setHeader("Content-Type", "application/json");
    }
    for (var at = 0; at < headers.length; at += 2) {
      request.setHeader(headers[at], headers[at + 1]);
    }
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  HttpResponse<String> get(String path, String... headers) throws Exception {
    return call("GET", path, "", headers);
  }

  HttpResponse<String> post(String path, String body, String... headers) throws Exception {
    return call("POST", path, body, headers);
  }

  @Override
  public void close() throws Exception {
    client.close();
    web.close();
    database.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
