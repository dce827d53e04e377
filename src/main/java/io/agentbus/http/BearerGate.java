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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who calls from the {@code Authorization} header. An address that sends too many wrong tokens is slowed down
 * for unknown ones only: all agents of a machine share an address, so a token that is good is welcome there always, and
 * a new one is still looked up. Any thread.
 */
public final class BearerGate {
  private static final int MOST_GOOD = 10_000;
  private static final int LONGEST_TOKEN = 1024;

  private final Authenticator authenticator;
  private final WrongTokens wrong;
  /** Hashes of tokens that were good here; emptied when full. Being here grants nothing but a look-up, so that a cheap hash does. */
  private final Set<Integer> good = ConcurrentHashMap.newKeySet();

  /** @param mostFailuresAMinute wrong tokens of one address in a minute, before its unknown ones are slowed down */
  public BearerGate(Authenticator authenticator, int mostFailuresAMinute) {
    this(authenticator, new WrongTokens(mostFailuresAMinute));
  }

  BearerGate(Authenticator authenticator, WrongTokens wrong) {
    this.authenticator = authenticator;
    this.wrong = wrong;
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
    var caller = callerOfHeader(exchange.address(), header);
    exchange.actor(caller.actor());
    return caller;
  }

  /** Who an Authorization header stands for that came from {@code origin}, which need not be an address of the network. */
  public Caller callerOfHeader(String origin, String header) {
    return callerOf(origin, tokenIn(header));
  }

  /** Who the token stands for, for a surface that gets it in another way than by header; null is a missing one. */
  public Caller callerOf(String address, @Nullable String token) {
    if (token == null) {
      throw refused(address, "",
          ProblemException.of(ProblemCode.UNAUTHENTICATED, "The Authorization header is not 'Bearer <token>'."));
    }
    return ofToken(address, token, authenticator::authenticate);
  }

  /**
   * What a token stands for, at a surface whose tokens are not those of callers; one that was good is remembered as theirs are.
   *
   * @param meaning looks the token up; refuses with {@code unauthenticated} one that stands for nothing
   */
  public <T> T ofToken(String address, String token, Function<String, T> meaning) {
    if (good.contains(token.hashCode()) || !wrong.tooMany(address)) {
      return lookUpLasting(address, token, meaning);
    }
    if (wrong.knows(digest(token))) {
      throw wrong.refusal(address);
    }
    return wrong.inTurn(address, () -> lookUpLasting(address, token, meaning));
  }

  /**
   * Who a proof stands for that works once, such as a ticket; a wrong one counts as a wrong token does.
   *
   * @param redeem uses the proof up; refuses with {@code unauthenticated}
   */
  public Caller callerOf(String address, String proof, Authenticator redeem) {
    if (wrong.tooMany(address)) {
      if (wrong.knows(digest(proof))) {
        throw wrong.refusal(address);
      }
      return wrong.inTurn(address, () -> lookUp(address, proof, redeem::authenticate));
    }
    return lookUp(address, proof, redeem::authenticate);
  }

  private <T> T lookUp(String address, String proof, Function<String, T> meaning) {
    try {
      return meaning.apply(proof);
    } catch (ProblemException e) {
      throw e.code() == ProblemCode.UNAUTHENTICATED ? refused(address, proof, e) : e;
    }
  }

  private <T> T lookUpLasting(String address, String token, Function<String, T> meaning) {
    var found = lookUp(address, token, meaning);
    remember(token.hashCode());
    return found;
  }

  /**
   * Counts a wrong token. The refusal is its own, or that of an address which had sent too many before it; one that was
   * good until now hears once what is the matter.
   */
  private ProblemException refused(String address, String token, ProblemException own) {
    var tooMany = wrong.tooMany(address) && !good.remove(token.hashCode());
    wrong.add(address, token.isEmpty() ? "" : digest(token));
    return tooMany ? wrong.refusal(address) : own;
  }

  private static @Nullable String tokenIn(String header) {
    if (!header.regionMatches(true, 0, "Bearer ", 0, 7)) {
      return null;
    }
    var token = header.substring(7).strip();
    return token.isEmpty() || token.length() > LONGEST_TOKEN ? null : token;
  }

  private void remember(Integer hash) {
    if (!good.contains(hash)) {
      if (good.size() >= MOST_GOOD) {
        good.clear();
      }
      good.add(hash);
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
