package io.agentbus.config;

/**
 * A configuration that cannot be used. The message is for a person: where the value stands, what it is, what would be
 * right.
 */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final String key;

  /**
   * @param key the dotted key at fault, or empty when no single key is
   * @param message full sentences, without the place the value came from: the reader adds that
   */
  public ConfigException(String key, String message) {
    super(message);
    this.key = key;
  }

  /** @param rule the end of a sentence, such as {@code "must be a whole number from 1 to 100"} */
  static ConfigException badValue(String key, Object value, String rule) {
    return new ConfigException(key, key + " is " + value + "; it " + rule + ".");
  }

  /** The dotted key at fault, or empty. */
  public String key() {
    return key;
  }

  ConfigException from(Origin origin) {
    var named = new ConfigException(key, origin.kind() == Origin.Kind.DEFAULT ? getMessage() : origin + ": "
        + getMessage());
    named.initCause(this);
    return named;
  }
}
