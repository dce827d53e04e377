package io.agentbus.agent;

import io.agentbus.crypto.Tokens;
import io.agentbus.db.Database;
import io.agentbus.namespace.NamespacePath;
import io.agentbus.op.Caller;
import io.agentbus.op.ConnectionAuthenticator;
import io.agentbus.op.Right;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Looks tokens up by their digest. A token that another node revoked is refused here after {@link #TTL} at the latest,
 * one that this node revoked at once. A join token opens nothing here.
 */
public final class TokenAuthenticator implements ConnectionAuthenticator {
  /** How old the knowledge of a token may be. */
  public static final Duration TTL = Duration.ofSeconds(2);

  private static final int MAX_TOKENS = 20_000;

  /** What a look-up gave: the caller, and when that ends by itself; no caller when the token is not valid. */
  private record Known(@Nullable Caller caller, Duration lifetime) {}

  private final Database lookups;
  private final Presence presence;
  private final TimedCache<String, Known> byDigest = new TimedCache<>(MAX_TOKENS, Known::lifetime);
  private final TimedCache<UUID, Known> byId = new TimedCache<>(MAX_TOKENS, Known::lifetime);

  /** @param lookups the pool that {@link Directory} has too: no call holds a connection of it while it waits here */
  public TokenAuthenticator(Database lookups, Presence presence) {
    this.lookups = lookups;
    this.presence = presence;
  }

  @Override
  public Caller authenticate(String token) {
    if (!Tokens.wellFormed(token)) {
      throw refused();
    }
    var caller = byDigest.get(HexFormat.of().formatHex(Tokens.digest(token)), this::load).caller();
    return welcomed(caller);
  }

  @Override
  public Caller redeem(String ticket) {
    if (!Tokens.isTicket(ticket)) {
      throw refusedTicket();
    }
    for (var row : lookups.run("agent.redeem_ticket", Tuple.of(Buffer.buffer(Tokens.digest(ticket))))) {
      return welcomed(caller(row));
    }
    throw refusedTicket();
  }

  @Override
  public Caller renewed(Caller caller) {
    return welcomed(caller.tokenId() == null ? null : byId.get(caller.tokenId(), this::loadById).caller());
  }

  private Caller welcomed(@Nullable Caller caller) {
    if (caller == null) {
      throw refused();
    }
    if (caller.tokenId() != null) {
      presence.used(caller.tokenId());
    }
    if (caller.agentNo() != null) {
      presence.seen(caller.agentNo());
    }
    return caller;
  }

  /** Makes every token be looked up anew: for after the commit of a revocation. */
  public void forget() {
    byDigest.forget();
    byId.forget();
  }

  private Known load(String digest) {
    return known(lookups.run("agent.token_by_digest", Tuple.of(Buffer.buffer(HexFormat.of().parseHex(digest)))));
  }

  private Known loadById(UUID id) {
    return known(lookups.run("agent.token_by_id", Tuple.of(id)));
  }

  private static Known known(Iterable<Row> rows) {
    for (var row : rows) {
      return new Known(caller(row), lifetime(row));
    }
    return new Known(null, TTL);
  }

  private static Caller caller(Row row) {
    var rights = EnumSet.noneOf(Right.class);
    for (var right : row.getArrayOfStrings("rights")) {
      rights.add(Right.valueOf(right.toUpperCase(Locale.ROOT)));
    }
    var namespaces = Arrays.stream(row.getArrayOfStrings("namespaces")).map(NamespacePath::new).toList();
    return new Caller(row.getUUID("id"), row.getString("name"), row.getInteger("agent_no"), namespaces,
        Collections.unmodifiableSet(rights));
  }

  /** A token that is about to expire is known no longer than it lives. */
  private static Duration lifetime(Row row) {
    var left = Optional.ofNullable(row.getDouble("expires_in"))
        .map(seconds -> Duration.ofNanos((long) (Math.min(seconds, 3_600) * 1e9)));
    return left.filter(rest -> rest.compareTo(TTL) < 0).orElse(TTL);
  }

  /** The same words whatever is wrong, so that nobody learns which tokens there once were. */
  private static ProblemException refused() {
    return ProblemException.of(ProblemCode.UNAUTHENTICATED,
        "The token is not valid: it is unknown, has expired or was revoked.");
  }

  private static ProblemException refusedTicket() {
    return ProblemException.of(ProblemCode.UNAUTHENTICATED,
        "The ticket is not valid: it is unknown, has expired or was used.");
  }
}
