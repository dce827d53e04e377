package io.agentbus.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.client.CallFailed;
import io.agentbus.client.NodeClient;
import io.agentbus.client.Refused;
import io.agentbus.client.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** One holder of a token, who calls operations of a node over HTTP. */
public record HttpCaller(NodeClient node) {

  /** Carries out an operation, which must succeed. @param input JSON */
  public JsonNode call(String operation, String input) {
    return call(operation, input, null);
  }

  public JsonNode call(String operation, String input, @Nullable String idempotencyKey) {
    try {
      return tryCall(operation, input, idempotencyKey);
    } catch (CallFailed e) {
      throw new AssertionError(operation + " failed: " + e.getMessage(), e);
    }
  }

  /** Carries out an operation and lets the caller see how it failed. */
  public JsonNode tryCall(String operation, String input, @Nullable String idempotencyKey) throws CallFailed {
    return node.prepare(operation, tree(input), idempotencyKey, JavaProgram.LONG).answer();
  }

  /** Carries out an operation that must be refused and answers the refusal. */
  public Refused refused(String operation, String input) {
    return refused(operation, input, null);
  }

  public Refused refused(String operation, String input, @Nullable String idempotencyKey) {
    try {
      var answer = tryCall(operation, input, idempotencyKey);
      throw new AssertionError(operation + " was not refused but answered " + answer);
    } catch (Refused refusal) {
      return refusal;
    } catch (CallFailed e) {
      throw new AssertionError(operation + " was not refused but failed: " + e.getMessage(), e);
    }
  }

  private static ObjectNode tree(String json) {
    try {
      return (ObjectNode) Trees.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
