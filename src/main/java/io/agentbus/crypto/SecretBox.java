package io.agentbus.crypto;

import io.agentbus.config.Home;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Closes secrets that must be stored and used again, such as those with which webhooks are signed, so that the database
 * alone tells nobody: AES-256-GCM with a key that lies in a file, bound to a context. What is sealed names its key, so
 * that a node with another key can say which one it lacks. Thread-safe.
 *
 * <p>Sealed: a version (1 byte), the key's id (8 bytes), a nonce (12 bytes), the closed secret and its tag (16 bytes).
 */
public final class SecretBox {
  private static final byte VERSION = 1;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final int HEAD_BYTES = 1 + SecretKeys.ID_BYTES + NONCE_BYTES;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeys keys;

  private SecretBox(SecretKeys keys) {
    this.keys = keys;
  }

  /**
   * Opens the box of a node.
   *
   * @param home holds the key file {@code secrets.key} when no other is named; it is made at the first start, mode 0600
   * @param keyFile another file, which must be there: a key that is made by itself would be one that no other node has
   * @throws IllegalStateException when the file is missing or holds no keys; the message names it
   * @throws java.io.UncheckedIOException when it cannot be read or written; the message names it
   */
  public static SecretBox open(Home home, @Nullable Path keyFile) {
    return new SecretBox(keyFile == null ? SecretKeys.ofHome(home.folder().resolve("secrets.key")) : SecretKeys.read(keyFile));
  }

  /** Which key closes secrets here: 16 hex digits that say nothing of it. */
  public String keyId() {
    return HexFormat.of().formatHex(keys.first().id());
  }

  /** Where the keys lie. */
  public Path file() {
    return keys.file();
  }

  /** Which key closed {@code sealed}: 16 hex digits. @throws SecretClosed when it is nothing that was sealed */
  public static String keyId(byte[] sealed) {
    return HexFormat.of().formatHex(idOf(sealed));
  }

  /**
   * Closes a secret.
   *
   * @param context whose it is and what for, such as {@code subscription <id>}: it is needed again to open it, so that a
   *     secret that somebody copies into another row does not open there
   */
  public byte[] seal(byte[] secret, String context) {
    var nonce = new byte[NONCE_BYTES];
    RANDOM.nextBytes(nonce);
    var key = keys.first();
    try {
      var closed = cipher(Cipher.ENCRYPT_MODE, key.key(), nonce, context).doFinal(secret);
      return ByteBuffer.allocate(HEAD_BYTES + closed.length).put(VERSION).put(key.id()).put(nonce).put(closed).array();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  /**
   * The secret again.
   *
   * @throws SecretClosed when this node lacks the key, or {@code sealed} was changed, or closed for another context
   */
  public byte[] open(byte[] sealed, String context) {
    var id = idOf(sealed);
    var key = keys.byId(id);
    if (key == null) {
      throw new SecretClosed("This node lacks the key " + HexFormat.of().formatHex(id)
          + ", with which a stored secret was closed: " + keys.file() + " holds " + keys.ids()
          + ". Copy the secrets.key of the node that stored it there, and start this node again.");
    }
    try {
      var nonce = Arrays.copyOfRange(sealed, HEAD_BYTES - NONCE_BYTES, HEAD_BYTES);
      return cipher(Cipher.DECRYPT_MODE, key, nonce, context).doFinal(sealed, HEAD_BYTES, sealed.length - HEAD_BYTES);
    } catch (GeneralSecurityException e) {
      throw new SecretClosed("The secret stored for '" + context + "' was changed, or belongs to something else", e);
    }
  }

  private static byte[] idOf(byte[] sealed) {
    if (sealed.length < HEAD_BYTES + TAG_BITS / Byte.SIZE || sealed[0] != VERSION) {
      throw new SecretClosed("What is stored is no sealed secret");
    }
    return Arrays.copyOfRange(sealed, 1, 1 + SecretKeys.ID_BYTES);
  }

  private static Cipher cipher(int mode, SecretKeySpec key, byte[] nonce, String context) throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
