package io.agentbus.door.mcp.conformance;

import static io.agentbus.door.mcp.conformance.FixtureTool.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Outcome;
import io.agentbus.door.mcp.content.Results;
import io.agentbus.door.mcp.content.Work;
import io.agentbus.door.mcp.rpc.RpcError;
import java.util.List;
import java.util.Map;

/** The prompts of the suite. */
final class FixturePrompts {
  List<ObjectNode> all() {
    return List.of(
        json("{'name': 'test_simple_prompt', 'description': 'A text.'}"),
        json("""
            {'name': 'test_prompt_with_arguments', 'description': 'A text with two words of yours.', 'arguments': [
              {'name': 'arg1', 'description': 'The first.', 'required': true},
              {'name': 'arg2', 'description': 'The second.', 'required': true}]}"""),
        json("""
            {'name': 'test_prompt_with_embedded_resource', 'description': 'A resource.', 'arguments': [
              {'name': 'resourceUri', 'description': 'Which.', 'required': true}]}"""),
        json("{'name': 'test_prompt_with_image', 'description': 'An image.'}"),
        json("{'name': 'test_input_required_result_prompt', 'description': 'Asks first.'}"));
  }

  Outcome get(Work work, String name, ObjectNode arguments) {
    return switch (name) {
      case "test_simple_prompt" -> done(Results.textBlock("This is a simple prompt for testing."));
      case "test_prompt_with_arguments" -> done(Results.textBlock("Prompt with arguments: arg1='"
          + arguments.path("arg1").asText() + "', arg2='" + arguments.path("arg2").asText() + "'"));
      case "test_prompt_with_embedded_resource" -> {
        var resource = json("{'type': 'resource', 'resource': {'mimeType': 'text/plain'}}");
        resource.withObjectProperty("resource").put("uri", arguments.path("resourceUri").asText())
            .put("text", "Embedded resource content for testing.");
        yield done(resource, Results.textBlock("Please process the embedded resource above."));
      }
      case "test_prompt_with_image" -> done(
          json("{'type': 'image', 'data': '" + PlainTools.PNG + "', 'mimeType': 'image/png'}"),
          Results.textBlock("Please analyze the image above."));
      case "test_input_required_result_prompt" -> work.answers().has("user_context")
          ? done(Results.textBlock("In the context of " + work.answers().at("/user_context/content/context").asText()))
          : new Outcome.NeedsInput(Map.of("user_context", AskingTools.form("What context should the prompt use?",
              "{'context': {'type': 'string'}}", "context")), null);
      default -> throw RpcError.invalidParams("There is no such prompt.");
    };
  }

  private static Outcome done(ObjectNode... content) {
    return new Outcome.Done(Results.prompt("For testing.", content));
  }
}
