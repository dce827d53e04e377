package io.agentbus.door.mcp.content;

import java.util.Collection;
import java.util.List;

/**
 * What a client wants to be told of.
 *
 * @param toolsChange whether the list of tools changes
 * @param promptsChange whether the list of prompts does
 * @param resourcesChange whether the list of resources does
 * @param uris resources whose content changes
 * @param taskIds tasks whose status changes
 */
public record Wish(boolean toolsChange, boolean promptsChange, boolean resourcesChange, List<String> uris,
    List<String> taskIds) {
  /** Most resources and tasks together that one stream tells of. */
  public static final int MOST = 64;

  public Wish {
    uris = List.copyOf(uris);
    taskIds = List.copyOf(taskIds);
  }

  /** What a session hears of: all lists, and the resources it subscribed to. */
  public static Wish ofSession(Collection<String> uris) {
    return new Wish(true, true, true, List.copyOf(uris), List.of());
  }
}
