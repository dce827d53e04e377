package io.agentbus.door.mcp.rpc;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;

/** Messages of ours as UTF-8 on one line. */
public final class Frames {
  private Frames() {}

  /** The answer to a request. */
  public static byte[] result(JsonNode id, ObjectNode result) {
    var frame = frame();
    frame.set("id", id);
    frame.set("result", result);
    return bytes(frame);
  }

  /** A refusal, under the id it carries. */
  public static byte[] error(RpcError error) {
    return bytes(errorNode(error));
  }

  /** The same as a tree. */
  public static ObjectNode errorNode(RpcError error) {
    var frame = frame();
    if (error.id() != null) {
      frame.set("id", error.id());
    }
    frame.set("error", body(error));
    return frame;
  }

  /** What stands under {@code error}: code, message, data. */
  public static ObjectNode body(RpcError error) {
    var body = Json.MAPPER.createObjectNode().put("code", error.code()).put("message", error.getMessage());
    if (error.data() != null) {
      body.set("data", error.data());
    }
    return body;
  }

  /** A message that wants no answer. */
  public static byte[] notification(String method, ObjectNode params) {
    var frame = frame().put("method", method);
    if (!params.isEmpty()) {
      frame.set("params", params);
    }
    return bytes(frame);
  }

  /** A call of ours. */
  public static byte[] request(String id, String method, ObjectNode params) {
    var frame = frame().put("id", id).put("method", method);
    frame.set("params", params);
    return bytes(frame);
  }

  private static ObjectNode frame() {
    return Json.MAPPER.createObjectNode().put("jsonrpc", "2.0");
  }

  private static byte[] bytes(ObjectNode frame) {
    try {
      return Json.MAPPER.writeValueAsBytes(frame);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a message could not be written", e);
    }
  }
}
