package io.agentbus.webhook.in;

import io.agentbus.agent.TimedCache;
import io.agentbus.crypto.SecretBox;
import io.agentbus.db.Sql;
import io.agentbus.webhook.in.scheme.Scheme;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The sources with the keys of their secrets, a moment old: a change on this node is seen at once, one on another within {@link #TTL}. Keys
 * are held open no longer than that.
 */
public final class LiveSources {
  private static final Duration TTL = Duration.ofSeconds(1);
  private static final int MOST = 2_000;

  private final Sql sql;
  private final SecretBox box;
  private final TimedCache<String, Optional<LiveSource>> byName = new TimedCache<>(MOST, ignored -> TTL);

  public LiveSources(Sql sql, SecretBox box) {
    this.sql = sql;
    this.box = box;
  }

  /** Makes the next look at any source ask the database. */
  public void forget() {
    byName.forget();
  }

  @Nullable LiveSource find(String name) {
    return byName.get(name, this::load).orElse(null);
  }

  /** The source that a token belongs to, or null. */
  @Nullable LiveSource ofToken(byte[] digest) {
    var name = SourceStore.ofToken(sql, digest);
    return name == null ? null : find(name);
  }

  private Optional<LiveSource> load(String name) {
    var source = SourceStore.get(sql, name);
    if (source == null) {
      return Optional.empty();
    }
    var scheme = Objects.requireNonNull(Scheme.ofWire(source.scheme()));
    var keys = SourceStore.secrets(sql, source.id()).stream()
        .map(kept -> new LiveSource.Key(key(source.id(), scheme, kept), kept.expiresAt())).toList();
    return Optional.of(new LiveSource(source, scheme, keys));
  }

  private byte[] key(UUID source, Scheme scheme, SourceStore.KeptSecret kept) {
    if (kept.digest() != null) {
      return kept.digest();
    }
    return scheme.key(new String(box.open(Objects.requireNonNull(kept.sealed()), context(source)), StandardCharsets.UTF_8));
  }

  /** What a sealed secret is bound to. */
  static String context(UUID source) {
    return "source " + source;
  }
}
