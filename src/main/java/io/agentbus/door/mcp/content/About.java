package io.agentbus.door.mcp.content;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Json;

/**
 * Who a server is and which of its lists change.
 *
 * @param name for programs
 * @param title for people
 * @param version of the program
 * @param instructions how to use it, for a model
 * @param listsChange whether tools and prompts may change while it runs, so that clients may want to be told
 */
public record About(String name, String title, String version, String instructions, boolean listsChange) {
  /** {@code Implementation}: who answers. */
  public ObjectNode serverInfo() {
    return Json.MAPPER.createObjectNode().put("name", name).put("title", title).put("version", version);
  }

  /** {@code ServerCapabilities}, as far as both eras have them. */
  public ObjectNode capabilities() {
    var capabilities = Json.MAPPER.createObjectNode();
    capabilities.putObject("tools").put("listChanged", listsChange);
    capabilities.putObject("prompts").put("listChanged", listsChange);
    capabilities.putObject("resources").put("subscribe", true).put("listChanged", listsChange);
    capabilities.putObject("completions");
    capabilities.putObject("logging");
    return capabilities;
  }
}
