package io.agentbus.op;

import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Where an answer is kept and how it is closed: AES-256-GCM under a key made from the caller's Idempotency-Key, which
 * itself is not stored. Who reads the table learns as much as the keys are guessable; clients use random ones.
 */
final class SealedAnswer {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;

  private final String principal;
  private final String operation;
  private final String keyDigest;
  private final SecretKeySpec secret;

  SealedAnswer(String principal, String operation, String key) {
    this.principal = principal;
    this.operation = operation;
    // The two digests differ in their first word, so that the stored one says nothing about the secret.
    this.keyDigest = HexFormat.of().formatHex(digest("address", principal, operation, key));
    this.secret = new SecretKeySpec(digest("secret", principal, operation, key), "AES");
  }

  /** The primary key of the answer's row; a new tuple each time, to append to. */
  Tuple address() {
    return Tuple.of(principal, operation, keyDigest);
  }

  byte[] seal(byte[] answer) {
    var nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    var closed = crypt(Cipher.ENCRYPT_MODE, nonce, answer, 0, answer.length);
    var sealed = Arrays.copyOf(nonce, NONCE_BYTES + closed.length);
    System.arraycopy(closed, 0, sealed, NONCE_BYTES, closed.length);
    return sealed;
  }

  byte[] open(byte[] sealed) {
    return crypt(Cipher.DECRYPT_MODE, Arrays.copyOf(sealed, NONCE_BYTES), sealed, NONCE_BYTES,
        sealed.length - NONCE_BYTES);
  }

  private byte[] crypt(int mode, byte[] nonce, byte[] text, int from, int length) {
    try {
      var cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, secret, new GCMParameterSpec(TAG_BITS, nonce));
      return cipher.doFinal(text, from, length);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the kept answer of " + operation + " cannot be sealed or opened", e);
    }
  }

  static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static byte[] digest(String purpose, String principal, String operation, String key) {
    return sha256(String.join("\0", "agentbus answer", purpose, principal, operation, key)
        .getBytes(StandardCharsets.UTF_8));
  }
}
