package io.agentbus.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import java.io.UncheckedIOException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A refusal in the form of RFC 9457. {@code type} is {@code /problems/<code>}, which the node itself serves. A member
 * of the problem whose name the form already uses is told as {@code current_<name>}: the {@code status} of a job
 * becomes {@code current_status}.
 */
public final class ProblemAnswer {
  public static final CharSequence CONTENT_TYPE = HttpHeaders.createOptimized("application/problem+json");
  /** Of {@link #bodyWithError}. */
  static final CharSequence PLAIN = HttpHeaders.createOptimized("application/json");
  /** Member of a problem that becomes the header {@code Retry-After}: whole seconds. */
  public static final String RETRY_AFTER_SECONDS = "retry_after_seconds";
  /** Member of a 405 that becomes the header {@code Allow}. */
  public static final String ALLOW = "allow";
  private static final CharSequence WWW_AUTHENTICATE = HttpHeaders.createOptimized("WWW-Authenticate");
  private static final Set<String> TAKEN = Set.of("type", "title", "status", "detail", "instance", "code", "retryable",
      "remedy", "request_id", "errors");

  private ProblemAnswer() {}

  /** Sets the headers that belong to the problem's status. */
  static void headers(ProblemException problem, MultiMap headers) {
    switch (problem.code().httpStatus()) {
      case 401 -> {
        if (!headers.contains(WWW_AUTHENTICATE)) {
          headers.set(WWW_AUTHENTICATE, "Bearer realm=\"agentbus\"");
        }
      }
      case 405 -> headers.set(HttpHeaders.ALLOW, String.valueOf(problem.members().getOrDefault(ALLOW, "")));
      case 415 -> headers.set("Accept-Encoding", "identity");
      case 429, 503 -> headers.set(HttpHeaders.RETRY_AFTER, retryAfter(problem));
      default -> { }
    }
  }

  private static String retryAfter(ProblemException problem) {
    return problem.members().get(RETRY_AFTER_SECONDS) instanceof Number seconds
        ? Long.toString(Math.max(1, seconds.longValue())) : "1";
  }

  /**
   * The body as UTF-8 JSON.
   *
   * @param instance the path that was asked for; null when there is none
   */
  public static byte[] body(ProblemException problem, String requestId, @Nullable String instance) {
    return body(problem, problem.code().httpStatus(), requestId, instance);
  }

  static byte[] body(ProblemException problem, int status, String requestId, @Nullable String instance) {
    return bytes(tree(problem, status, requestId, instance));
  }

  /** The same with the detail under {@code error} too, which is all that some clients look for. */
  static byte[] bodyWithError(ProblemException problem, String requestId, @Nullable String instance) {
    return bytes(tree(problem, problem.code().httpStatus(), requestId, instance).put("error", problem.getMessage()));
  }

  private static ObjectNode tree(ProblemException problem, int status, String requestId, @Nullable String instance) {
    var code = problem.code();
    var json = Json.MAPPER.createObjectNode()
        .put("type", type(code))
        .put("title", code.meaning())
        .put("status", status)
        .put("detail", problem.getMessage());
    if (instance != null) {
      json.put("instance", instance);
    }
    json.put("code", code.wire()).put("retryable", code.retryable()).put("remedy", code.remedy())
        .put("request_id", requestId);
    if (!problem.errors().isEmpty()) {
      json.set("errors", Json.MAPPER.valueToTree(problem.errors()));
    }
    problem.members().forEach((name, value) ->
        json.set(TAKEN.contains(name) ? "current_" + name : name, Json.MAPPER.valueToTree(value)));
    return json;
  }

  private static byte[] bytes(ObjectNode json) {
    try {
      return Json.MAPPER.writeValueAsBytes(json);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where the node describes the code. */
  public static String type(ProblemCode code) {
    return "/problems/" + code.wire();
  }
}
