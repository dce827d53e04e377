package io.agentbus.door.memory;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.MultiMap;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;

/**
 * One path of ai-memory and the operation behind it.
 *
 * @param method GET, POST, PUT or DELETE
 * @param path below {@code /api/v1}; a segment in braces fills the field of that name
 * @param operation in the catalogue
 * @param status of an answer that does not wait for approval
 * @param ask makes the operation's input of what was sent
 * @param tell makes the answer of the operation's and of what was sent
 */
record MemoryRoute(String method, String path, String operation, int status, Ask ask, BiFunction<ObjectNode, ObjectNode, JsonNode> tell) {
  /** Makes an input. */
  @FunctionalInterface
  interface Ask {
    /** @param sent fields of path, query and body; may be changed and returned */
    ObjectNode of(ObjectNode sent, MultiMap headers);
  }

  /** A route on which what is sent is the input and what is answered the answer. */
  static MemoryRoute of(String method, String path, String operation, int status) {
    return new MemoryRoute(method, path, operation, status, (sent, headers) -> sent, (sent, answer) -> answer);
  }

  /** The same with another input. */
  MemoryRoute asking(Ask other) {
    return new MemoryRoute(method, path, operation, status, other, tell);
  }

  /** The same with another answer, unless it says that an approval is waited for. */
  MemoryRoute telling(UnaryOperator<JsonNode> other) {
    return telling((sent, answer) -> other.apply(answer));
  }

  /** The same with what was sent beside it. */
  MemoryRoute telling(BiFunction<ObjectNode, ObjectNode, JsonNode> other) {
    return new MemoryRoute(method, path, operation, status, ask, (sent, answer) -> waits(answer) ? answer : other.apply(sent, answer));
  }

  /** Whether an answer says that the action waits for approval. */
  static boolean waits(JsonNode answer) {
    return "pending".equals(answer.path("status").asText());
  }
}
