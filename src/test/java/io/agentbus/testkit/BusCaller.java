package io.agentbus.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.bus.Addresses;
import io.agentbus.op.Json;
import io.vertx.core.Vertx;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One holder of a token, or of none, who calls operations over the event bus. */
public record BusCaller(Vertx vertx, @Nullable String token) {

  /** Carries out an operation, which must succeed. @param input JSON; quotes may be single */
  public JsonNode call(String operation, String input) {
    return tree(await(later(operation, object(input), new DeliveryOptions())).body());
  }

  /** Carries out an operation that must be refused. */
  public ReplyException refused(String operation, String input) {
    return refused(operation, object(input), new DeliveryOptions());
  }

  /** The same with any body and further options. */
  public ReplyException refused(String operation, @Nullable Object body, DeliveryOptions options) {
    try {
      var answer = await(later(operation, body, options));
      throw new AssertionError(operation + " was not refused but answered " + answer.body());
    } catch (ReplyException refusal) {
      return refusal;
    }
  }

  /** Sends without waiting. */
  public Future<Message<Object>> later(String operation, @Nullable Object body, DeliveryOptions options) {
    if (token != null) {
      options.addHeader("authorization", "Bearer " + token);
    }
    return vertx.eventBus().<Object>request(Addresses.operation(operation), body, options).toCompletionStage().toCompletableFuture();
  }

  /** The answer, or the {@link ReplyException} that came in its place. */
  public static <T> T await(Future<T> answer) {
    try {
      return answer.get(Duration.ofSeconds(40).toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException failure) {
      throw failure.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(failure.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The problem that a refusal carries as its text. */
  public static JsonNode problem(ReplyException refusal) {
    return parse(refusal.getMessage());
  }

  /** @param input JSON; quotes may be single */
  public static JsonObject object(String input) {
    return new JsonObject(input.replace('\'', '"'));
  }

  /** What came over the bus as a tree. */
  public static JsonNode tree(Object body) {
    return parse(((JsonObject) body).encode());
  }

  private static JsonNode parse(String json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(json, e);
    }
  }
}
