package io.agentbus.door.mcp.wire;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.agentbus.door.mcp.content.Notice;
import io.agentbus.op.Json;

/** Notices in the form of notifications. */
public final class Notices {
  private Notices() {}

  public static String method(Notice notice) {
    return switch (notice) {
      case Notice.ListChanged changed -> "notifications/" + changed.list() + "/list_changed";
      case Notice.ResourceUpdated ignored -> "notifications/resources/updated";
      case Notice.TaskChanged ignored -> "notifications/tasks";
    };
  }

  public static ObjectNode params(Notice notice) {
    return switch (notice) {
      case Notice.ListChanged ignored -> Json.MAPPER.createObjectNode();
      case Notice.ResourceUpdated updated -> Json.MAPPER.createObjectNode().put("uri", updated.uri());
      case Notice.TaskChanged changed -> changed.task();
    };
  }
}
