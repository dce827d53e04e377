package io.agentbus.crypto;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.regex.Pattern;

/** Makes tokens of 256 random bits and their digests: a kind's prefix and 43 characters of base64url. */
public final class Tokens {
  /** Characters of every token. */
  public static final int LENGTH = 47;

  private static final int RANDOM_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pattern FORM = Pattern.compile("ab[oajs]_[A-Za-z0-9_-]{43}");

  private Tokens() {}

  /** A new token, which its owner must be told now: nobody can tell it later. */
  public static String make(TokenKind kind) {
    var bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return kind.prefix() + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether {@code text} has the form of a token at all, so that others need no look-up. */
  public static boolean wellFormed(String text) {
    return text.length() == LENGTH && FORM.matcher(text).matches();
  }

  /** What is stored in place of the token: its SHA-256, 32 bytes. A random token needs no salt and no slow hash. */
  public static byte[] digest(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Whether two digests are equal, in a time that does not tell where they differ. */
  public static boolean same(byte[] one, byte[] other) {
    return MessageDigest.isEqual(one, other);
  }
}
