package io.agentbus.webhook.in;

import io.agentbus.agent.TimedCache;
import io.agentbus.crypto.SecretBox;
import io.agentbus.crypto.SecretClosed;
import io.agentbus.db.Sql;
import io.agentbus.webhook.in.scheme.Scheme;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sources with the keys of their secrets, a moment old: a change on this node is seen at once, one on another within {@link #TTL}. Keys
 * are held open no longer than that.
 */
public final class LiveSources {
  private static final Duration TTL = Duration.ofSeconds(1);
  private static final int MOST = 2_000;

  /** Secrets of which the log tells that they do not open; each once. */
  private static final int MOST_TOLD = 1_000;
  private static final Logger LOG = LoggerFactory.getLogger(LiveSources.class);

  private final Sql sql;
  private final SecretBox box;
  private final TimedCache<String, Optional<LiveSource>> byName = new TimedCache<>(MOST, ignored -> TTL);
  private final Set<UUID> unopened = ConcurrentHashMap.newKeySet();

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
    var keys = new ArrayList<LiveSource.Key>();
    for (var kept : SourceStore.secrets(sql, source.id())) {
      var key = key(source, scheme, kept);
      if (key != null) {
        keys.add(new LiveSource.Key(key, kept.expiresAt()));
      }
    }
    return Optional.of(new LiveSource(source, scheme, List.copyOf(keys)));
  }

  /** Null for one that this node cannot open: the others are as good as ever. */
  private byte @Nullable [] key(WebhookSource source, Scheme scheme, SourceStore.KeptSecret kept) {
    if (kept.digest() != null) {
      return kept.digest();
    }
    try {
      return scheme.key(new String(box.open(Objects.requireNonNull(kept.sealed()), context(source.id())), StandardCharsets.UTF_8));
    } catch (SecretClosed closed) {
      if (unopened.size() < MOST_TOLD && unopened.add(kept.id())) {
        LOG.atWarn().addKeyValue("source", source.name()).addKeyValue("secret", kept.id()).addKeyValue("cause", closed.getMessage())
            .log("a secret of a source cannot be opened at this node; what is signed with it is not taken here");
      }
      return null;
    }
  }

  /** What a sealed secret is bound to. */
  static String context(UUID source) {
    return "source " + source;
  }
}
