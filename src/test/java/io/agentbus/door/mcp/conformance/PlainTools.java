package io.agentbus.door.mcp.conformance;

import static io.agentbus.door.mcp.conformance.FixtureTool.answering;
import static io.agentbus.door.mcp.conformance.FixtureTool.json;
import static io.agentbus.door.mcp.conformance.FixtureTool.of;
import static io.agentbus.door.mcp.conformance.FixtureTool.text;

import com.fasterxml.jackson.databind.node.TextNode;
import io.agentbus.door.mcp.content.Outcome;
import io.agentbus.door.mcp.content.Results;
import io.agentbus.door.mcp.content.Work;
import io.agentbus.op.Json;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Tools that ask nobody. */
final class PlainTools {
  /** One red pixel. */
  static final String PNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";
  /** A head and no sound. */
  private static final String WAV = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA=";

  static final List<FixtureTool> ALL = List.of(
      answering("test_simple_text", "Answers a text.",
          "{'content': [{'type': 'text', 'text': 'This is a simple text response for testing.'}]}"),
      answering("test_image_content", "Answers an image.",
          "{'content': [{'type': 'image', 'data': '" + PNG + "', 'mimeType': 'image/png'}]}"),
      answering("test_audio_content", "Answers a sound.",
          "{'content': [{'type': 'audio', 'data': '" + WAV + "', 'mimeType': 'audio/wav'}]}"),
      answering("test_embedded_resource", "Answers a resource.", """
          {'content': [{'type': 'resource', 'resource': {'uri': 'test://embedded-resource', 'mimeType': 'text/plain',
            'text': 'This is an embedded resource content.'}}]}"""),
      of("test_multiple_content_types", "Answers of each kind.", (work, arguments) -> {
        var result = Results.text("Multiple content types test:");
        var content = result.withArrayProperty("content");
        content.add(json("{'type': 'image', 'data': '" + PNG + "', 'mimeType': 'image/png'}"));
        var resource = content.addObject().put("type", "resource").putObject("resource");
        resource.put("uri", "test://mixed-content-resource").put("mimeType", "application/json")
            .put("text", "{\"test\":\"data\",\"value\":123}");
        return new Outcome.Done(result);
      }),
      of("test_tool_with_logging", "Says what it does.", PlainTools::log),
      of("test_logging_tool", "Says what it does to who wants to hear it.", PlainTools::log),
      of("test_error_handling", "Fails.", (work, arguments) ->
          new Outcome.Done(Results.failure("This tool intentionally returns an error for testing"))),
      of("test_tool_with_progress", "Says how far it is.", (work, arguments) -> {
        for (var done : List.of(0, 50, 100)) {
          work.progress(done, 100.0, "at " + done);
          pause(50);
        }
        return text("All done.");
      }),
      of("test_reconnection", "Lets the connection go before it answers.", (work, arguments) -> {
        pause(50);
        work.letGo();
        pause(100);
        return text("Reconnection test completed successfully.");
      }),
      of("test_header_parameter", "Takes an argument that a header mirrors.",
          "{'region': {'type': 'string', 'description': 'Any.', 'x-mcp-header': 'Region'}}",
          (work, arguments) -> text("The region is " + arguments.path("region").asText())),
      new FixtureTool(jsonSchemaTool(), (work, arguments) -> text("Taken.")),
      of("greet", "Greets.", "{'name': {'type': 'string'}}",
          (work, arguments) -> text("Hello, " + arguments.path("name").asText() + "!")));

  private PlainTools() {}

  /** Waits, for scenarios that look at what is said meanwhile. */
  static void pause(int millis) throws InterruptedException {
    new Semaphore(0).tryAcquire(millis, TimeUnit.MILLISECONDS);
  }

  private static Outcome log(Work work, Object arguments) throws InterruptedException {
    for (var said : List.of("Tool execution started", "Tool processing data", "Tool execution completed")) {
      work.log("info", TextNode.valueOf(said));
      pause(50);
    }
    return text("Tool with logging executed successfully.");
  }

  private static com.fasterxml.jackson.databind.node.ObjectNode jsonSchemaTool() {
    var tool = Json.MAPPER.createObjectNode().put("name", "json_schema_2020_12_tool")
        .put("description", "Has an input schema with the words of JSON Schema 2020-12.");
    tool.set("inputSchema", json("""
        {'$schema': 'https://json-schema.org/draft/2020-12/schema', 'type': 'object',
         '$defs': {'address': {'$anchor': 'addressDef', 'type': 'object',
           'properties': {'street': {'type': 'string'}, 'city': {'type': 'string'}}}},
         'properties': {'name': {'type': 'string'}, 'address': {'$ref': '#/$defs/address'},
           'contactMethod': {'type': 'string', 'enum': ['phone', 'email']},
           'phone': {'type': 'string'}, 'email': {'type': 'string'}},
         'allOf': [{'anyOf': [{'required': ['phone']}, {'required': ['email']}]}],
         'if': {'properties': {'contactMethod': {'const': 'phone'}}, 'required': ['contactMethod']},
         'then': {'required': ['phone']}, 'else': {'required': ['email']},
         'additionalProperties': false}"""));
    return tool;
  }
}
