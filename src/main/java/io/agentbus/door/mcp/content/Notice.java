package io.agentbus.door.mcp.content;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** One thing that changed. */
public sealed interface Notice {
  /** A list: {@code tools}, {@code prompts} or {@code resources}. */
  record ListChanged(String list) implements Notice {}

  /** The content of a resource. */
  record ResourceUpdated(String uri) implements Notice {}

  /** The status of a task. @param task the {@code DetailedTask} */
  record TaskChanged(ObjectNode task) implements Notice {}
}
