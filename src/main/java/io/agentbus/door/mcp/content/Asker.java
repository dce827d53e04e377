package io.agentbus.door.mcp.content;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.rpc.Revision;
import io.agentbus.op.Caller;
import io.agentbus.op.Json;

/**
 * Who asks, and what can be asked of him.
 *
 * @param caller from the token
 * @param view which part of the content his address names, from {@link Content#view}
 * @param revision of the protocol he speaks
 * @param capabilities what his client declared, in the form of {@code ClientCapabilities}
 * @param requestId of the HTTP request, for logs
 */
public record Asker(Caller caller, String view, Revision revision, ObjectNode capabilities, String requestId) {
  /** The extension by which a call is answered with a task. */
  public static final String TASKS = "io.modelcontextprotocol/tasks";

  /** Whether his client can be answered with a task. */
  public boolean takesTasks() {
    return !revision.hasSessions() && capabilities.path("extensions").has(TASKS);
  }

  /** What a client that cannot must declare. */
  public static ObjectNode tasksCapability() {
    var required = Json.MAPPER.createObjectNode();
    required.putObject("extensions").putObject(TASKS);
    return required;
  }

  /** Whether a question of this method may be put to him: {@code elicitation/create}, {@code sampling/createMessage}, {@code roots/list}. */
  public boolean answers(String method) {
    return capabilities.has(capabilityFor(method));
  }

  /** The capability that a question needs. */
  public static String capabilityFor(String method) {
    var slash = method.indexOf('/');
    return slash < 0 ? method : method.substring(0, slash);
  }
}
