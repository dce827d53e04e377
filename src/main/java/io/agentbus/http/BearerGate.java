package io.agentbus.http;

import io.agentbus.op.Authenticator;
import io.agentbus.op.Caller;
import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import io.vertx.core.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls from the {@code Authorization} header, and stops looking up tokens for an address that sends too
 * many wrong ones. All agents of a machine share an address, so a token that has been good stays welcome there. Any
 * thread.
 */
public final class BearerGate {
  private static final long WINDOW_NANOS = 60_000_000_000L;
  private static final int MOST_ADDRESSES = 10_000;
  private static final int MOST_GOOD = 10_000;
  private static final int LONGEST_TOKEN = 1024;

  private final Authenticator authenticator;
  private final int mostFailures;
  /** Addresses with failures in their current window; bounded. */
  private final Map<String, Failures> failures = new ConcurrentHashMap<>();
  /** Digests of tokens that were good here; emptied when full. Being here grants nothing but a look-up. */
  private final Set<String> good = ConcurrentHashMap.newKeySet();

  private record Failures(long since, int count) {}

  public BearerGate(Authenticator authenticator, int mostFailuresAMinute) {
    this.authenticator = authenticator;
    this.mostFailures = mostFailuresAMinute;
  }

  /**
   * Who sent the request. Call within {@link Exchange#work}: it may wait.
   *
   * @return {@link Caller#anonymous} when no Authorization header came
   * @throws ProblemException {@code unauthenticated} for a header that is not of a good token, {@code limit_exceeded}
   *     after too many of them
   */
  public Caller callerOf(Exchange exchange) {
    var header = exchange.request().getHeader(HttpHeaders.AUTHORIZATION);
    if (header == null) {
      return Caller.anonymous();
    }
    var caller = callerOf(exchange.address(), tokenIn(header));
    exchange.actor(caller.actor());
    return caller;
  }

  /** Who the token stands for, for a surface that gets it in another way than by header; null is a missing one. */
  public Caller callerOf(String address, @Nullable String token) {
    var digest = token == null ? "" : digest(token);
    var seen = failures.get(address);
    if (seen != null && isFull(seen) && !good.contains(digest)) {
      var left = (WINDOW_NANOS - (System.nanoTime() - seen.since)) / 1_000_000_000L + 1;
      throw ProblemException.of(ProblemCode.LIMIT_EXCEEDED, "Too many wrong tokens have come from this address.")
          .with(ProblemAnswer.RETRY_AFTER_SECONDS, left);
    }
    try {
      if (token == null) {
        throw ProblemException.of(ProblemCode.UNAUTHENTICATED, "The Authorization header is not 'Bearer <token>'.");
      }
      var caller = authenticator.authenticate(token);
      remember(digest);
      return caller;
    } catch (ProblemException e) {
      if (e.code() == ProblemCode.UNAUTHENTICATED) {
        count(address);
      }
      throw e;
    }
  }

  private static @Nullable String tokenIn(String header) {
    if (!header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return null;
    }
    var token = header.substring(7).strip();
    return token.isEmpty() || token.length() > LONGEST_TOKEN ? null : token;
  }

  private boolean isFull(Failures seen) {
    return seen.count >= mostFailures && System.nanoTime() - seen.since < WINDOW_NANOS;
  }

  private void count(String address) {
    var now = System.nanoTime();
    if (failures.size() >= MOST_ADDRESSES) {
      failures.values().removeIf(old -> now - old.since >= WINDOW_NANOS);
      if (failures.size() >= MOST_ADDRESSES && !failures.containsKey(address)) {
        return;
      }
    }
    failures.merge(address, new Failures(now, 1),
        (old, one) -> now - old.since >= WINDOW_NANOS ? one : new Failures(old.since, old.count + 1));
  }

  private void remember(String digest) {
    if (!good.contains(digest)) {
      if (good.size() >= MOST_GOOD) {
        good.clear();
      }
      good.add(digest);
    }
  }

  private static String digest(String token) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256")
          .digest(token.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
