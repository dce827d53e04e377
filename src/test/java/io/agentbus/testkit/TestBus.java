package io.agentbus.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.app.Bus;
import io.agentbus.app.BusSettings;
import io.agentbus.config.Home;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Invocation;
import io.agentbus.op.Json;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The services of a node in the test's process, called through the catalogue as the doors do. No verticle runs unless the test runs it. */
public final class TestBus implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final Bus bus;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private TestBus(String url, BusSettings settings) {
    bus = Bus.open(vertx, url, settings);
  }

  /** A node named {@code test} with defaults. */
  public static TestBus open(PgDatabase database) {
    return open(database, BusSettings.defaults("test", home()));
  }

  public static TestBus open(PgDatabase database, BusSettings settings) {
    return new TestBus(database.url(), settings);
  }

  /** A home of its own, gone when the tests end. */
  public static Home home() {
    return Home.open(TempFolders.create("agentbus-test"));
  }

  public Bus bus() {
    return bus;
  }

  public Vertx vertx() {
    return vertx;
  }

  /** An operator without walls. */
  public static Caller operator() {
    return new Caller(null, "operator", null, List.of(), EnumSet.allOf(Right.class));
  }

  /** An operator within a namespace. */
  public static Caller operatorOf(String namespace) {
    return new Caller(null, "operator", null, List.of(new NamespacePath(namespace)), EnumSet.allOf(Right.class));
  }

  /** Registers an agent as people do and answers the caller that its token stands for. @param concurrency 0 = not limited */
  public Caller agent(String namespace, String name, int concurrency) {
    var join = call(operator(), "create_join_token", "{\"namespace\": \"" + namespace + "\"}").get("join_token").asText();
    var registered = call(Caller.anonymous(), "register_agent",
        "{\"join_token\": \"" + join + "\", \"name\": \"" + name + "\", \"concurrency\": " + concurrency + "}");
    return await(() -> bus.authenticator().authenticate(registered.get("agent_token").asText()));
  }

  /** Carries out an operation and answers its output. */
  public JsonNode call(Caller caller, String operation, String input) {
    return call(caller, operation, input, null);
  }

  public JsonNode call(Caller caller, String operation, String input, @Nullable String idempotencyKey) {
    return await(() -> read(bus.catalogue().invoke(
        new Invocation(operation, caller, (ObjectNode) read(input.getBytes(java.nio.charset.StandardCharsets.UTF_8)), idempotencyKey, "test")).json()));
  }

  /** The same without waiting. */
  public Future<JsonNode> callLater(Caller caller, String operation, String input) {
    return threads.submit(() -> call(caller, operation, input));
  }

  /** Carries out an operation that must be refused and answers the refusal. */
  public ProblemException refused(Caller caller, String operation, String input) {
    try {
      var output = call(caller, operation, input);
      throw new AssertionError(operation + " was not refused but answered " + output);
    } catch (ProblemException problem) {
      return problem;
    }
  }

  /** The code of a refusal, or null when it was carried out. */
  public @Nullable ProblemCode code(Caller caller, String operation, String input) {
    try {
      call(caller, operation, input);
      return null;
    } catch (ProblemException problem) {
      return problem.code();
    }
  }

  /** Runs work on a virtual thread, as the doors do, and waits for it here. */
  public <T> T await(Callable<T> work) {
    try {
      return threads.submit(work).get();
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failure.getCause());
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }

  @Override
  public void close() {
    bus.stop().toCompletionStage().toCompletableFuture().join();
    threads.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private static JsonNode read(byte[] json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
