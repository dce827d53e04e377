package io.agentbus.webhook.out;

import java.security.SecureRandom;
import java.util.Base64;

/** A secret of Standard Webhooks: random bytes, written as {@code whsec_} and base64. */
final class SigningSecret {
  private static final String PREFIX = "whsec_";
  private static final int BYTES = 32;
  private static final SecureRandom RANDOM = new SecureRandom();

  private SigningSecret() {}

  /** The bytes of a new one. */
  static byte[] make() {
    var bytes = new byte[BYTES];
    RANDOM.nextBytes(bytes);
    return bytes;
  }

  /** As its receiver gets it. */
  static String text(byte[] secret) {
    return PREFIX + Base64.getEncoder().encodeToString(secret);
  }
}
