package io.agentbus.agent;

/**
 * What happens after the commit of a change to an agent, a token or a pause: this node looks anew, and others are told
 * to.
 */
public final class IdentityChanges {
  private final Directory directory;
  private final TokenAuthenticator authenticator;
  private final Runnable tellOthers;

  /**
   * @param tellOthers says to other nodes that they should {@link #forget}; must not block. A lost word costs a cache's
   *     lifetime
   */
  public IdentityChanges(Directory directory, TokenAuthenticator authenticator, Runnable tellOthers) {
    this.directory = directory;
    this.authenticator = authenticator;
    this.tellOthers = tellOthers;
  }

  /** A change was committed on this node. */
  public void happened() {
    forget();
    tellOthers.run();
  }

  /** Another node says that it changed something. */
  public void forget() {
    directory.forget();
    authenticator.forget();
  }
}
