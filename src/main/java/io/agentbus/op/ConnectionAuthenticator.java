package io.agentbus.op;

/** An authenticator for doors whose connections outlive the call that opened them. */
public interface ConnectionAuthenticator extends Authenticator {
  /**
   * Who a ticket stands for; it is used up by this. Call from a virtual thread.
   *
   * @param ticket as {@code create_ticket} answered it
   * @throws io.agentbus.problem.ProblemException {@code unauthenticated}: unknown, expired or used, in the same words
   */
  Caller redeem(String ticket);

  /**
   * The same caller as its token is now: what it may do can have changed since the connection was opened. Call from a
   * virtual thread.
   *
   * @throws io.agentbus.problem.ProblemException {@code unauthenticated} when the token has ended
   */
  Caller renewed(Caller caller);
}
