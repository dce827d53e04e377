package io.agentbus.config;

import org.jspecify.annotations.Nullable;

/**
 * Where the truth is kept.
 *
 * @param url {@code postgresql://user:password@host:port/database}; null = the node runs its own Postgres under its
 *     home
 * @param poolSize connections this node may hold
 */
public record DatabaseConfig(@Nullable Secret url, int poolSize, Embedded embedded) {

  public DatabaseConfig {
    if (url != null) {
      // The value itself is never part of the message: it holds a password.
      Check.that(url.reveal().matches("postgres(ql)?://\\S+"), "database.url", Secret.MASK,
          "must start with postgresql:// and hold no spaces: postgresql://user:password@host:5432/database");
      try {
        DatabaseUrl.of(url.reveal());
      } catch (IllegalArgumentException e) {
        throw new ConfigException("database.url", "database.url cannot be used: " + e.getMessage() + ".");
      }
    }
    Check.within("database.pool-size", poolSize, 4, 200);
    Check.that(url != null || poolSize + 4 <= embedded.maxConnections(), "database.pool-size", poolSize,
        "must be at least 4 below database.embedded.max-connections (" + embedded.maxConnections()
            + "), which leaves room for migrations and psql");
  }

  public static DatabaseConfig defaults() {
    return new DatabaseConfig(null, 16, Embedded.defaults());
  }

  /**
   * The node's own Postgres, when no URL is given.
   *
   * @param sharedBuffers its page cache
   * @param maxConnections connections it accepts, from this node, from psql and from further nodes
   */
  public record Embedded(ByteSize sharedBuffers, int maxConnections) {
    public Embedded {
      Check.within("database.embedded.shared-buffers", sharedBuffers, ByteSize.ofMiB(1), ByteSize.ofMiB(65_536));
      Check.within("database.embedded.max-connections", maxConnections, 10, 1_000);
    }

    public static Embedded defaults() {
      return new Embedded(ByteSize.ofMiB(128), 60);
    }
  }
}
