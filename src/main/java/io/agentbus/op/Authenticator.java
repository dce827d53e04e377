package io.agentbus.op;

/** Turns a bearer token into the caller it stands for. Doors know only this. */
public interface Authenticator {
  /**
   * Who the token is. Call from a virtual thread.
   *
   * @param token as sent, without {@code Bearer}
   * @throws io.agentbus.problem.ProblemException {@code unauthenticated}: unknown, expired or revoked, in the same
   *     words
   */
  Caller authenticate(String token);
}
