package io.agentbus.crypto;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;

/** Makes tokens of 256 random bits and their digests: a kind's prefix and 43 characters of base64url. */
public final class Tokens {
  /** Characters of every token. */
  public static final int LENGTH = 47;

  private static final int RANDOM_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();
  /** Copied for each digest: looking the algorithm up costs more than the digest of a token, and every call has one. */
  private static final MessageDigest SHA256 = sha256();

  private Tokens() {}

  /** A new token, which its owner must be told now: nobody can tell it later. */
  public static String make(TokenKind kind) {
    var bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return kind.prefix() + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Whether {@code text} has the form of a token at all, so that others need no look-up. */
  public static boolean wellFormed(String text) {
    return text.length() == LENGTH && text.startsWith("ab") && "oajs".indexOf(text.charAt(2)) >= 0 && text.charAt(3) == '_'
        && isRandomPart(text);
  }

  /** Whether {@code text} has the form of a ticket, which is no token. */
  public static boolean isTicket(String text) {
    return text.length() == LENGTH && text.startsWith(TokenKind.TICKET.prefix()) && isRandomPart(text);
  }

  private static boolean isRandomPart(String text) {
    for (var i = 4; i < LENGTH; i++) {
      if (!isBase64Url(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isBase64Url(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  }

  /** What is stored in place of the token: its SHA-256, 32 bytes. A random token needs no salt and no slow hash. */
  public static byte[] digest(String token) {
    try {
      return ((MessageDigest) SHA256.clone()).digest(token.getBytes(StandardCharsets.UTF_8));
    } catch (CloneNotSupportedException e) {
      return sha256().digest(token.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** Whether two digests are equal, in a time that does not tell where they differ. */
  public static boolean same(byte[] one, byte[] other) {
    return MessageDigest.isEqual(one, other);
  }
}
