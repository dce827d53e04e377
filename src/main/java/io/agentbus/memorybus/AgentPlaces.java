package io.agentbus.memorybus;

import io.agentbus.agent.Directory;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Call;
import io.agentbus.problem.ProblemException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds agents by their names alone: ai-memory has one room for all, so that its clients never say where an agent is. */
final class AgentPlaces {
  /** Agents of one name that are told when it is not clear which is meant. */
  private static final long NAMED = 5;

  private final Directory directory;

  AgentPlaces(Directory directory) {
    this.directory = directory;
  }

  /**
   * The namespace from which an agent is found: the caller's own when it is there or above, or the only one within its walls with an agent of that
   * name.
   *
   * @param pointer where the call names it
   * @return null when there is no such agent
   * @throws ProblemException {@code invalid_input} when there are several
   */
  @Nullable NamespacePath find(Call call, String name, String pointer) {
    var caller = call.caller();
    if (directory.resolve(caller.home(), name) != null) {
      return caller.home();
    }
    var places = call.sql().run("memory.places_of_agent", MemoryStore.tuple(name, MemoryNames.walls(caller), NAMED)).stream()
        .map(row -> row.getString("path")).toList();
    if (places.size() > 1) {
      throw ProblemException.invalid(pointer, "there are several agents '" + name + "': say in namespace which is meant, such as "
          + places.stream().collect(Collectors.joining(", ")));
    }
    return places.isEmpty() ? null : new NamespacePath(places.getFirst());
  }
}
