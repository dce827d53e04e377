package io.agentbus.door.mcp.conformance;

import static io.agentbus.door.mcp.conformance.FixtureTool.json;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Outcome;
import io.agentbus.door.mcp.content.Results;
import io.agentbus.door.mcp.rpc.RpcError;
import java.util.List;
import java.util.regex.Pattern;

/** The resources of the suite. */
final class FixtureResources {
  private static final Pattern TEMPLATE = Pattern.compile("test://template/([^/]+)/data");

  List<ObjectNode> all() {
    return List.of(
        json("{'uri': 'test://static-text', 'name': 'static-text', 'description': 'A text.', 'mimeType': 'text/plain'}"),
        json("{'uri': 'test://static-binary', 'name': 'static-binary', 'description': 'An image.', 'mimeType': 'image/png'}"),
        json("{'uri': 'test://watched-resource', 'name': 'watched', 'description': 'May change.', 'mimeType': 'text/plain'}"));
  }

  List<ObjectNode> templates() {
    return List.of(json("""
        {'uriTemplate': 'test://template/{id}/data', 'name': 'template', 'description': 'Data of an id.',
         'mimeType': 'application/json'}"""));
  }

  Outcome read(String uri) {
    var template = TEMPLATE.matcher(uri);
    if (template.matches()) {
      var id = template.group(1);
      return new Outcome.Done(Results.resource(uri, "application/json",
          json("{'id': '" + id + "', 'templateTest': true, 'data': 'Data for ID: " + id + "'}").toString()));
    }
    return new Outcome.Done(switch (uri) {
      case "test://static-text" ->
          Results.resource(uri, "text/plain", "This is the content of the static text resource.");
      case "test://watched-resource" -> Results.resource(uri, "text/plain", "This is watched.");
      case "test://static-binary" -> json("{'contents': [{'uri': '" + uri + "', 'mimeType': 'image/png', 'blob': '"
          + PlainTools.PNG + "'}]}");
      default -> throw RpcError.noSuchResource(uri);
    });
  }
}
