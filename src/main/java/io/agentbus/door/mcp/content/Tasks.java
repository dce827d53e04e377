package io.agentbus.door.mcp.content;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** Work that goes on behind an answer. Unknown ids, and those of others, are refused alike: invalid params. */
public interface Tasks {
  /** The {@code DetailedTask}. */
  ObjectNode get(Asker asker, String taskId);

  /** Takes answers to what the task asked; those to what it did not ask are ignored. */
  void update(Asker asker, String taskId, ObjectNode answers);

  /** Ends it if it has not ended. */
  void cancel(Asker asker, String taskId);
}
