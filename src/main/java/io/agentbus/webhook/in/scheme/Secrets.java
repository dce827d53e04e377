package io.agentbus.webhook.in.scheme;

import io.agentbus.crypto.Tokens;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** Makes secrets, keys of them, and signatures with those. */
final class Secrets {
  static final String STANDARD_PREFIX = "whsec_";
  /** Shorter ones can be guessed. */
  private static final int SHORTEST = 16;
  private static final int LONGEST = 256;
  private static final int RANDOM_BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private Secrets() {}

  static String hex() {
    return HexFormat.of().formatHex(random());
  }

  static String standard() {
    return STANDARD_PREFIX + Base64.getEncoder().encodeToString(random());
  }

  static String token() {
    return "abw_" + Base64.getUrlEncoder().withoutPadding().encodeToString(random());
  }

  private static byte[] random() {
    var bytes = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  /** The secret as it is written. */
  static byte[] text(String secret) {
    if (secret.length() < SHORTEST || secret.length() > LONGEST || !secret.chars().allMatch(c -> c >= ' ' && c < 0x7f) || !secret.equals(secret.strip())) {
      throw new IllegalArgumentException("must be " + SHORTEST + " to " + LONGEST + " printable ASCII characters, without blanks around them");
    }
    return secret.getBytes(StandardCharsets.UTF_8);
  }

  /** What a token is known by. */
  static byte[] digest(String token) {
    text(token);
    return Tokens.digest(token);
  }

  /** The bytes that a secret of Standard Webhooks stands for. */
  static byte[] standardKey(String secret) {
    byte[] key;
    try {
      key = Base64.getDecoder().decode(secret.startsWith(STANDARD_PREFIX) ? secret.substring(STANDARD_PREFIX.length()) : secret);
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException("must be " + STANDARD_PREFIX + " and then base64, as Standard Webhooks has it");
    }
    if (key.length < SHORTEST || key.length > LONGEST) {
      throw new IllegalArgumentException("must hold " + SHORTEST + " to " + LONGEST + " bytes behind " + STANDARD_PREFIX + ", not " + key.length);
    }
    return key;
  }

  static byte[] hmac(byte[] key, byte[] content) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(content);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HmacSHA256", e);
    }
  }

  static String hexHmac(byte[] key, byte[] content) {
    return HexFormat.of().formatHex(hmac(key, content));
  }

  /** Whether one of the signatures is the hex HMAC of the content with one of the keys; all are compared. */
  static boolean anyHex(List<String> signatures, List<byte[]> keys, byte[] content) {
    var found = false;
    for (var key : keys) {
      var right = hexHmac(key, content);
      for (var signature : signatures) {
        found |= same(right, signature);
      }
    }
    return found;
  }

  /** Whether the token is one of those known by digest; all are compared. */
  static boolean anyToken(@Nullable String token, List<byte[]> digests) {
    if (token == null || token.length() > LONGEST) {
      return false;
    }
    var digest = Tokens.digest(token);
    var found = false;
    for (var known : digests) {
      found |= Tokens.same(known, digest);
    }
    return found;
  }

  /** Compares texts and not what they decode to: two texts may decode to the same bytes. */
  static boolean same(String right, String given) {
    return Tokens.same(right.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
  }
}
