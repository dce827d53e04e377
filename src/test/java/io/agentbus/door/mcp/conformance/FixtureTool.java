package io.agentbus.door.mcp.conformance;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Outcome;
import io.agentbus.door.mcp.content.Results;
import io.agentbus.door.mcp.content.Work;
import io.agentbus.op.Json;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A tool of the suite. */
record FixtureTool(ObjectNode description, Handler handler) {
  /** What it does. */
  @FunctionalInterface
  interface Handler {
    Outcome call(Work work, ObjectNode arguments) throws InterruptedException;
  }

  /** A tool with arguments. @param properties JSON of the schema's properties; quotes may be single */
  static FixtureTool of(String name, String description, String properties, Handler handler) {
    var tool = Json.MAPPER.createObjectNode().put("name", name).put("description", description);
    tool.putObject("inputSchema").put("type", "object").set("properties", json(properties));
    return new FixtureTool(tool, handler);
  }

  /** A tool without. */
  static FixtureTool of(String name, String description, Handler handler) {
    return of(name, description, "{}", handler);
  }

  /** A tool that always answers the same. @param result JSON of the result; quotes may be single */
  static FixtureTool answering(String name, String description, String result) {
    return of(name, description, (work, arguments) -> new Outcome.Done(json(result)));
  }

  static Outcome text(String text) {
    return new Outcome.Done(Results.text(text));
  }

  String name() {
    return description.get("name").textValue();
  }

  /** JSON in which a quote may be single. */
  static ObjectNode json(String text) {
    try {
      return (ObjectNode) Json.MAPPER.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(text, e);
    }
  }
}
