package io.agentbus.webhook.out;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** How what is sent is signed, each in the way its receivers check it. */
final class Signatures {
  private Signatures() {}

  /**
   * One entry of {@code webhook-signature} (Standard Webhooks 1.0.0): HMAC-SHA-256 over {@code id.timestamp.body}.
   *
   * @param secret the bytes behind {@code whsec_}
   * @param timestamp seconds since 1970, of this try
   */
  static String standard(byte[] secret, String id, long timestamp, byte[] body) {
    return "v1," + Base64.getEncoder().encodeToString(hmac(secret, id + "." + timestamp + ".", body));
  }

  /**
   * The value of {@code x-ai-memory-signature}: HMAC-SHA-256 over {@code timestamp.body}, in hex. Its key is the SHA-256 of the secret's text,
   * as 32 bytes; ai-memory's own documentation leaves out both the hash and the timestamp.
   */
  static String aiMemory(String secret, long timestamp, byte[] body) {
    try {
      var key = MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
      return "sha256=" + HexFormat.of().formatHex(hmac(key, timestamp + ".", body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static byte[] hmac(byte[] key, String begin, byte[] body) {
    try {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      mac.update(begin.getBytes(StandardCharsets.US_ASCII));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has HMAC-SHA-256", e);
    }
  }
}
