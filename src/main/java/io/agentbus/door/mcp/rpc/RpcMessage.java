package io.agentbus.door.mcp.rpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;
import org.jspecify.annotations.Nullable;

/** One message of a client. */
public sealed interface RpcMessage {
  /**
   * A call that wants an answer.
   *
   * @param id text or a whole number, to be given back as it came
   * @param params never null; empty when none came
   */
  record Request(JsonNode id, String method, ObjectNode params) implements RpcMessage {}

  /** A call that wants none. */
  record Notification(String method, ObjectNode params) implements RpcMessage {}

  /**
   * The answer to a call of ours.
   *
   * @param result null when the client refused
   * @param error null when it did not
   */
  record Response(JsonNode id, @Nullable JsonNode result, @Nullable JsonNode error) implements RpcMessage {}

  /**
   * Reads one message.
   *
   * @throws RpcError invalid request (400), under the id when that can be read
   */
  static RpcMessage of(JsonNode node) {
    if (!(node instanceof ObjectNode object)) {
      throw RpcError.invalidRequest("A message is a JSON object.");
    }
    try {
      return read(object);
    } catch (RpcError wrong) {
      throw isId(object.get("id")) ? wrong.answering(object.get("id")) : wrong;
    }
  }

  private static RpcMessage read(ObjectNode object) {
    if (!"2.0".equals(object.path("jsonrpc").textValue())) {
      throw RpcError.invalidRequest("A message has \"jsonrpc\": \"2.0\".");
    }
    var id = object.get("id");
    if (id != null && !isId(id)) {
      throw RpcError.invalidRequest("The id of a message is text or a whole number.");
    }
    var method = object.get("method");
    if (method == null) {
      return response(object, id);
    }
    if (!method.isTextual() || object.has("result") || object.has("error")) {
      throw RpcError.invalidRequest("A request has a method, which is text, and neither result nor error.");
    }
    var params = params(object.get("params"));
    return id == null ? new Notification(method.textValue(), params) : new Request(id, method.textValue(), params);
  }

  private static Response response(ObjectNode object, @Nullable JsonNode id) {
    var result = object.get("result");
    var error = object.get("error");
    if (id == null || (result == null) == (error == null)) {
      throw RpcError.invalidRequest("A message is a request, a notification, or a response with its id.");
    }
    return new Response(id, result, error);
  }

  private static ObjectNode params(@Nullable JsonNode params) {
    return switch (params) {
      case null -> Json.MAPPER.createObjectNode();
      case ObjectNode object -> object;
      default -> throw RpcError.invalidRequest("The params of a message are a JSON object.");
    };
  }

  private static boolean isId(@Nullable JsonNode id) {
    return id != null && (id.isTextual() || id.isIntegralNumber());
  }
}
