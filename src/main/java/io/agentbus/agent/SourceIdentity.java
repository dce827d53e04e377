package io.agentbus.agent;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.Source;
import org.jspecify.annotations.Nullable;

/** Who asks, in full: two of one name, in two namespaces or an agent and a service, are not the same. */
public final class SourceIdentity {
  private SourceIdentity() {}

  /**
   * The identity to keep as the source: {@code agent:acme/devops}, {@code token:ci}.
   *
   * @param namespace where a name that an operator gives is found
   * @param named what the body says, or null
   * @param pointer the field that says so
   * @throws io.agentbus.problem.ProblemException {@code forbidden} when the body names somebody else
   */
  public static String of(Directory directory, Caller caller, NamespacePath namespace, @Nullable String named, String pointer) {
    var name = Source.of(caller, named, pointer);
    if (named == null || !caller.isOperator()) {
      return caller.actor();
    }
    var agent = directory.resolve(namespace, name);
    if (agent != null && caller.sees(agent.namespace())) {
      return "agent:" + agent.namespace() + "/" + agent.name();
    }
    return name.equals(caller.name()) ? caller.actor() : "agent:" + namespace + "/" + name;
  }
}
