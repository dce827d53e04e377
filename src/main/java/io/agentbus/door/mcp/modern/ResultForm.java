package io.agentbus.door.mcp.modern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.About;
import io.agentbus.door.mcp.content.Asker;
import io.agentbus.door.mcp.rpc.Revision;
import io.agentbus.op.Json;
import java.util.Map;

/** What every result of this era carries: of which type it is, who answers, and how long it may be kept. */
final class ResultForm {
  /** Seconds for which lists may be kept; what is read changes at any time. */
  private static final Map<String, Integer> KEPT_SECONDS = Map.of("server/discover", 60, "tools/list", 60,
      "resources/list", 60, "resources/templates/list", 60, "prompts/list", 60, "resources/read", 0);

  private final About about;

  ResultForm(About about) {
    this.about = about;
  }

  /** The result of a method that is done. */
  ObjectNode complete(String method, ObjectNode result) {
    var seconds = KEPT_SECONDS.get(method);
    if (seconds != null) {
      // What one caller sees is not for another.
      result.put("ttlMs", seconds * 1_000).put("cacheScope", "private");
    }
    return of("complete", result);
  }

  /** A result of another type. */
  ObjectNode of(String type, ObjectNode result) {
    result.put("resultType", type);
    result.withObjectProperty("_meta").set("io.modelcontextprotocol/serverInfo", about.serverInfo());
    return result;
  }

  /** The last word of a stream. */
  ObjectNode endOf(JsonNode subscription) {
    var result = of("complete", Json.MAPPER.createObjectNode());
    result.withObjectProperty("_meta").set(ListenStream.SUBSCRIPTION, subscription);
    return result;
  }

  /** What {@code server/discover} answers. */
  ObjectNode discovery(boolean hasTasks) {
    var result = Json.MAPPER.createObjectNode();
    Revision.supported().forEach(result.putArray("supportedVersions")::add);
    var capabilities = about.capabilities();
    result.set("capabilities", capabilities);
    if (hasTasks) {
      capabilities.putObject("extensions").putObject(Asker.TASKS);
    }
    return result.put("instructions", about.instructions());
  }
}
