package io.agentbus.memorybus;

import io.agentbus.agent.Directory;
import io.agentbus.agent.SourceIdentity;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Source;
import org.jspecify.annotations.Nullable;

/**
 * Who something comes from.
 *
 * @param name of the agent or token
 * @param identity the same as the journal has it, by which owners are told apart
 * @param agentNo number of the agent; null when it is none that is registered
 * @param operator whether the caller may operate, whoever it names
 */
record MemoryActor(String name, String identity, @Nullable Integer agentNo, boolean operator) {
  private static final String AGENT = "agent:";

  /**
   * Who acts: the token's agent, or the one that an operator names.
   *
   * @param at namespace from which a name is looked up, upwards
   * @throws io.agentbus.problem.ProblemException {@code forbidden} when another than an operator names somebody else
   */
  static MemoryActor of(Directory directory, Caller caller, @Nullable String named, NamespacePath at) {
    var identity = SourceIdentity.of(directory, caller, at, named, "/agent_id");
    if (identity.equals(caller.actor())) {
      return new MemoryActor(caller.name(), identity, caller.agentNo(), caller.isOperator());
    }
    var name = Source.name(identity);
    var agent = directory.resolve(at, name);
    return new MemoryActor(name, identity, agent == null || !caller.sees(agent.namespace()) ? null : (Integer) agent.agentNo(), caller.isOperator());
  }

  /**
   * Who asked for something earlier.
   *
   * @param identity as the journal has it: {@code agent:<namespace>/<name>} or {@code token:<name>}
   * @param operated whether he had the right to operate then
   */
  static MemoryActor again(Directory directory, String name, String identity, boolean operated) {
    var slash = identity.lastIndexOf('/');
    var agent = identity.startsWith(AGENT) && slash > 0
        ? directory.agent(new NamespacePath(identity.substring(AGENT.length(), slash)), identity.substring(slash + 1)) : null;
    return new MemoryActor(name, identity, agent == null ? null : (Integer) agent.agentNo(), operated);
  }

  boolean isAgent() {
    return agentNo != null;
  }

  /** Whether what {@code owner} made is this one's own. */
  boolean owns(@Nullable String owner) {
    return identity.equals(owner);
  }
}
