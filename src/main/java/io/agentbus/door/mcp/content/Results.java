package io.agentbus.door.mcp.content;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;

/** Results in the forms of the protocol. */
public final class Results {
  private Results() {}

  /** The result of a tool that says one text. */
  public static ObjectNode text(String text) {
    var result = Json.MAPPER.createObjectNode();
    result.putArray("content").add(textBlock(text));
    return result;
  }

  /** The result of a tool that failed. */
  public static ObjectNode failure(String text) {
    return text(text).put("isError", true);
  }

  /** A piece of content. */
  public static ObjectNode textBlock(String text) {
    return Json.MAPPER.createObjectNode().put("type", "text").put("text", text);
  }

  /** The content of one resource that is text. */
  public static ObjectNode resource(String uri, String mimeType, String text) {
    var result = Json.MAPPER.createObjectNode();
    result.putArray("contents").addObject().put("uri", uri).put("mimeType", mimeType).put("text", text);
    return result;
  }

  /** A prompt of one message of the user. */
  public static ObjectNode prompt(String description, ObjectNode... content) {
    var result = Json.MAPPER.createObjectNode().put("description", description);
    var messages = result.putArray("messages");
    for (var block : content) {
      messages.addObject().put("role", "user").set("content", block);
    }
    return result;
  }
}
