package io.agentbus.client;

/** Why a call has no answer of its operation: the node said no, or nobody knows what it said. */
public abstract sealed class CallFailed extends Exception permits Refused, Unreachable {
  CallFailed(String message, Throwable cause) {
    super(message, cause);
  }

  CallFailed(String message) {
    super(message);
  }

  /** What a program that gives up on this exits with. */
  public abstract int exitCode();
}
