package io.agentbus.client;

import io.agentbus.problem.ProblemCode;

/**
 * No answer came: nobody listens, the connection broke, or time ran out. The call may or may not have been carried out.
 */
public final class Unreachable extends CallFailed {
  public Unreachable(String message) {
    super(message);
  }

  Unreachable(String message, Throwable cause) {
    super(message, cause);
  }

  @Override
  public int exitCode() {
    return ProblemCode.UNAVAILABLE.exitCode();
  }
}
