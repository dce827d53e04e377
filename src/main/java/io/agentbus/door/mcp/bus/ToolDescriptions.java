package io.agentbus.door.mcp.bus;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.op.Catalogue;
import io.agentbus.op.Effect;
import io.agentbus.op.Json;
import io.agentbus.op.Limits;
import io.agentbus.op.Operation;
import io.agentbus.op.Schemas;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Operations as {@code Tool} objects, each made when it is first asked for. */
final class ToolDescriptions {
  /** What the door adds to the input of {@code enqueue_job}. */
  static final String WAIT = "wait";
  static final String ENQUEUE = "enqueue_job";

  private final Limits limits;
  private final Map<String, ObjectNode> made = new ConcurrentHashMap<>();

  ToolDescriptions(Catalogue catalogue) {
    this.limits = catalogue.limits();
  }

  /** The tool; shared, not to be changed. */
  ObjectNode of(Operation<?, ?, ?> operation) {
    return made.computeIfAbsent(operation.name(), ignored -> make(operation));
  }

  private ObjectNode make(Operation<?, ?, ?> operation) {
    var title = title(operation.name());
    var tool = Json.MAPPER.createObjectNode().put("name", operation.name()).put("title", title)
        .put("description", operation.summary());
    tool.set("inputSchema", input(operation));
    tool.set("outputSchema", Schemas.output(operation));
    var effect = operation.effect();
    tool.putObject("annotations").put("title", title)
        .put("readOnlyHint", effect == Effect.READ)
        .put("destructiveHint", effect == Effect.DESTROY)
        // What was ended stays ended.
        .put("idempotentHint", effect != Effect.WRITE)
        .put("openWorldHint", false);
    return tool;
  }

  private ObjectNode input(Operation<?, ?, ?> operation) {
    var schema = Schemas.input(operation, limits);
    if (operation.name().equals(ENQUEUE)) {
      schema.withObjectProperty("properties").putObject(WAIT).put("type", "boolean").put("default", false)
          .put("description", "Answer when the job has ended, not when it is in line. A client that takes tasks gets one at"
              + " once; any other waits a while and gets the job as it is then.");
    }
    return schema;
  }

  private static String title(String name) {
    return Character.toUpperCase(name.charAt(0)) + name.substring(1).replace('_', ' ');
  }
}
