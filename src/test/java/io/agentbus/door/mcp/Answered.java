package io.agentbus.door.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import io.agentbus.op.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;

/** What came back over HTTP, read as one document or as the events of a stream. */
record Answered(int status, HttpHeaders headers, String text) {
  /** The messages, in the order sent. */
  List<JsonNode> messages() {
    var messages = new ArrayList<JsonNode>();
    if (!headers.firstValue("content-type").orElse("").startsWith("text/event-stream")) {
      messages.add(tree(text));
      return messages;
    }
    text.lines().filter(line -> line.startsWith("data:") && line.length() > 6)
        .forEach(line -> messages.add(tree(line.substring(5))));
    return messages;
  }

  /** The last message: the answer. */
  JsonNode answer() {
    return messages().getLast();
  }

  JsonNode result() {
    var answer = answer();
    if (!answer.has("result")) {
      throw new AssertionError("no result: " + status + " " + text);
    }
    return answer.get("result");
  }

  JsonNode error() {
    var answer = answer();
    if (!answer.has("error")) {
      throw new AssertionError("no error: " + status + " " + text);
    }
    return answer.get("error");
  }

  int code() {
    return error().path("code").asInt();
  }

  /** The text that a tool said. */
  String said() {
    return result().at("/content/0/text").asText();
  }

  /** Ids of the events of a stream, in order. */
  List<String> ids() {
    return text.lines().filter(line -> line.startsWith("id:")).map(line -> line.substring(3).strip()).toList();
  }

  static JsonNode tree(String json) {
    try {
      return Json.MAPPER.readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(json, e);
    }
  }
}
