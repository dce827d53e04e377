package io.agentbus.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How secrets are kept that agentbus must be able to read again.
 *
 * @param keyFile the file with the key, which must be there; null = {@code secrets.key} in the home, made at the first start
 */
public record SecretsConfig(@Nullable Path keyFile) {
  public static SecretsConfig defaults() {
    return new SecretsConfig(null);
  }
}
