package io.agentbus.op;

import io.agentbus.namespace.NamespacePath;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who calls, as the token says; nothing in a body changes it.
 *
 * @param tokenId the token's row; null for {@link #anonymous}
 * @param name name of the agent, or of the service or operator token
 * @param agentNo the agent's number in the database when the token is an agent's, else null
 * @param namespaces the walls: each covers itself and everything below. An agent's token has exactly one
 * @param rights what the token may do
 */
public record Caller(@Nullable UUID tokenId, String name, @Nullable Integer agentNo, List<NamespacePath> namespaces,
    Set<Right> rights) {

  private static final String SOURCE = "source:";

  /** A caller without a token: may only use operations of {@link Right#NONE}. */
  public static Caller anonymous() {
    return new Caller(null, "anonymous", null, List.of(), Set.of());
  }

  public boolean may(Right right) {
    return right == Right.NONE || rights.contains(right);
  }

  public boolean isAgent() {
    return agentNo != null;
  }

  public boolean isOperator() {
    return rights.contains(Right.OPERATE);
  }

  /** Whether {@code namespace} lies inside the caller's walls. An operator with no namespaces listed has no walls. */
  public boolean sees(NamespacePath namespace) {
    return namespaces.isEmpty() ? isOperator() : namespaces.stream().anyMatch(own -> own.covers(namespace));
  }

  /** The namespace meant when a call names none: the token's first, or {@code default}. */
  public NamespacePath home() {
    return namespaces.isEmpty() ? NamespacePath.DEFAULT : namespaces.getFirst();
  }

  /**
   * Who asks for something on behalf of a source of webhooks: within its namespace, with no other right than to ask.
   *
   * @param source name of the source
   */
  public static Caller ofSource(String source, NamespacePath namespace) {
    return new Caller(null, SOURCE + source, null, List.of(namespace), Set.of(Right.READ, Right.ASK));
  }

  /**
   * A part of the bus that acts for someone, such as a subscription for its owner: without a token, within that one's walls and rights.
   *
   * @param actor how the journal names it, such as {@code subscription:<id>}; with a colon
   */
  public static Caller actingFor(String actor, List<NamespacePath> namespaces, Set<Right> rights) {
    if (actor.indexOf(':') < 1) {
      throw new IllegalArgumentException("'" + actor + "' does not say what it is before a colon");
    }
    return new Caller(null, actor, null, namespaces, rights);
  }

  /** How the journal names the caller: {@code agent:acme/devops}, {@code token:operator}, {@code source:github}, {@code subscription:<id>}. */
  public String actor() {
    if (isAgent()) {
      return "agent:" + home() + "/" + name;
    }
    // A token may be named so too, but then it is one.
    return tokenId == null && name.indexOf(':') > 0 ? name : "token:" + name;
  }

  /**
   * Refuses unless the caller has the right: with {@code unauthenticated} when no token came, else with {@code
   * forbidden}.
   */
  public void require(Right right) {
    if (!may(right)) {
      if (tokenId == null) {
        throw ProblemException.of(ProblemCode.UNAUTHENTICATED,
            "This needs a token with the right '" + right.wire() + "'.");
      }
      throw ProblemException.of(ProblemCode.FORBIDDEN,
          "This needs the right '" + right.wire() + "', which " + actor() + " does not have.");
    }
  }
}
