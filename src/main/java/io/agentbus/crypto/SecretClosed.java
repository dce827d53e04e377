package io.agentbus.crypto;

/**
 * A stored secret that cannot be opened here: this node lacks its key, or the secret was changed. The message says which and what to do, names
 * files of this machine, and is for its log alone.
 */
public final class SecretClosed extends RuntimeException {
  SecretClosed(String message) {
    super(message);
  }

  SecretClosed(String message, Throwable cause) {
    super(message, cause);
  }
}
