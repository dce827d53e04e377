package io.agentbus.config;

import com.fasterxml.jackson.annotation.JsonValue;

/** A value that must not be shown. It prints, and serialises, as {@code ***}. */
public final class Secret {
  /** What stands wherever a secret would have been printed. */
  public static final String MASK = "***";

  private final String value;

  /** @throws IllegalArgumentException when blank */
  public Secret(String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException("must not be empty");
    }
    this.value = value;
  }

  /** The value itself, for the one place that needs it. */
  public String reveal() {
    return value;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Secret secret && secret.value.equals(value);
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  @JsonValue
  public String toString() {
    return MASK;
  }
}
