package io.agentbus.crypto;

import io.agentbus.config.Home;
import io.agentbus.config.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Closes what a client must carry for us so that it can neither read nor change it, nor use it elsewhere or later:
 * AES-256-GCM with a key of the home, bound to a context and to an end. Thread-safe.
 */
public final class StateSeal {
  private static final int KEY_BYTES = 32;
  private static final int NONCE_BYTES = 12;
  private static final int TAG_BITS = 128;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final SecretKeySpec key;
  private final Clock clock;

  private StateSeal(byte[] key, Clock clock) {
    this.key = new SecretKeySpec(key, "AES");
    this.clock = clock;
  }

  /**
   * With the key of a home, made when it is first wanted: {@code state.key}, mode 0600.
   *
   * @throws IllegalStateException when that file holds no key
   */
  public static StateSeal open(Home home) {
    var file = home.folder().resolve("state.key");
    try {
      if (!Files.exists(file)) {
        SecretFile.write(file, Base64.getEncoder().encodeToString(random(KEY_BYTES)) + "\n");
      }
      var key = Base64.getDecoder().decode(Files.readString(file).strip());
      if (key.length == KEY_BYTES) {
        return new StateSeal(key, Clock.systemUTC());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the key " + file + " cannot be used", e);
    } catch (IllegalArgumentException notBase64) {
      // told below
    }
    throw new IllegalStateException(file + " holds no key of 256 bits; remove it, and another is made.");
  }

  /** With a key that ends with the process. */
  public static StateSeal ofProcess(Clock clock) {
    return new StateSeal(random(KEY_BYTES), clock);
  }

  /**
   * Closes a state.
   *
   * @param context what it is good for; needed again to open it, and not part of what is answered
   * @param life how long it is good
   * @return base64url
   */
  public String close(byte[] state, String context, Duration life) {
    var nonce = random(NONCE_BYTES);
    var plain = ByteBuffer.allocate(Long.BYTES + state.length).putLong(clock.instant().plus(life).toEpochMilli()).put(state);
    try {
      var closed = cipher(Cipher.ENCRYPT_MODE, nonce, context).doFinal(plain.array());
      var whole = ByteBuffer.allocate(nonce.length + closed.length).put(nonce).put(closed);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(whole.array());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has AES-GCM", e);
    }
  }

  /** The state again; empty when it was not closed here, for this context, or its life is over. */
  public Optional<byte[]> open(String closed, String context) {
    try {
      var whole = Base64.getUrlDecoder().decode(closed);
      if (whole.length <= NONCE_BYTES) {
        return Optional.empty();
      }
      var nonce = Arrays.copyOf(whole, NONCE_BYTES);
      var plain = ByteBuffer.wrap(cipher(Cipher.DECRYPT_MODE, nonce, context).doFinal(whole, NONCE_BYTES,
          whole.length - NONCE_BYTES));
      if (plain.remaining() < Long.BYTES || plain.getLong() < clock.millis()) {
        return Optional.empty();
      }
      var state = new byte[plain.remaining()];
      plain.get(state);
      return Optional.of(state);
    } catch (GeneralSecurityException | IllegalArgumentException changed) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode, byte[] nonce, String context) throws GeneralSecurityException {
    var cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
    cipher.updateAAD(context.getBytes(StandardCharsets.UTF_8));
    return cipher;
  }

  private static byte[] random(int bytes) {
    var random = new byte[bytes];
    RANDOM.nextBytes(random);
    return random;
  }
}
