package io.agentbus.op;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import org.jspecify.annotations.Nullable;

/** Who something comes from: the token's agent. A body may repeat its name; only an operator may name another. */
public final class Source {
  private Source() {}

  /**
   * The name to keep as the source.
   *
   * @param named what the body says, or null
   * @param pointer the field that says so
   * @throws ProblemException {@code forbidden} when the body names somebody else
   */
  public static String of(Caller caller, @Nullable String named, String pointer) {
    if (named == null || named.equals(caller.name())) {
      return caller.name();
    }
    if (!caller.isOperator()) {
      throw ProblemException.of(ProblemCode.FORBIDDEN,
          pointer + ": the source is the token's agent '" + caller.name() + "'; it cannot act as '" + named + "'.");
    }
    return named;
  }

  /** The name in an identity such as {@link Caller#actor} gives: {@code agent:acme/devops} and {@code token:devops} are devops. */
  public static String name(String identity) {
    if (identity.startsWith("agent:")) {
      return identity.substring(Math.max("agent:".length(), identity.lastIndexOf('/') + 1));
    }
    return identity.startsWith("token:") ? identity.substring("token:".length()) : identity;
  }
}
