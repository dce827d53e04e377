package io.agentbus.crypto;

import io.agentbus.config.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a file, one a line as base64 of 32 bytes; lines that begin with {@code #} are for people. The first closes
 * secrets and all open them, so that a key is changed by putting another one above it.
 */
record SecretKeys(Path file, List<Named> keys) {
  /** Bytes of a key's id. */
  static final int ID_BYTES = 8;

  private static final int KEY_BYTES = 32;
  /** More than anybody rotates through; a file that is something else altogether is not read in. */
  private static final int LONGEST_FILE = 16 * 1024;

  /** @param id the start of an HMAC under the key: it tells keys apart and says nothing of them */
  record Named(byte[] id, SecretKeySpec key) {
    static Named of(byte[] key) {
      try {
        var mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        var id = Arrays.copyOf(mac.doFinal("agentbus secrets key id".getBytes(StandardCharsets.US_ASCII)), ID_BYTES);
        return new Named(id, new SecretKeySpec(key, "AES"));
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException("every Java has HMAC-SHA-256", e);
      }
    }
  }

  /** The keys of a home, of which there is one from its first start on. */
  static SecretKeys ofHome(Path file) {
    if (!Files.exists(file)) {
      var key = new byte[KEY_BYTES];
      new SecureRandom().nextBytes(key);
      try {
        SecretFile.write(file, "# Opens the secrets in the database. Keep a copy: without it they are lost.\n"
            + Base64.getEncoder().encodeToString(key) + "\n");
      } catch (IOException e) {
        throw new UncheckedIOException("the key of the secrets, " + file + ", cannot be written", e);
      }
    }
    return read(file);
  }

  static SecretKeys read(Path file) {
    try {
      if (!Files.exists(file)) {
        throw new IllegalStateException("secrets.key-file names " + file + ", which is not there. Copy the secrets.key of another "
            + "node of this database there, or make a first one: (umask 077; openssl rand -base64 32 > " + file + ")");
      }
      var keys = new ArrayList<Named>();
      for (var line : Files.size(file) > LONGEST_FILE ? List.of("too long") : Files.readString(file).lines().map(String::strip).toList()) {
        if (!line.isEmpty() && !line.startsWith("#")) {
          keys.add(Named.of(decoded(line, file)));
        }
      }
      if (keys.isEmpty()) {
        throw broken(file);
      }
      return new SecretKeys(file, List.copyOf(keys));
    } catch (IOException e) {
      throw new UncheckedIOException("the key of the secrets, " + file + ", cannot be read", e);
    }
  }

  private static byte[] decoded(String line, Path file) {
    try {
      var key = Base64.getDecoder().decode(line);
      if (key.length == KEY_BYTES) {
        return key;
      }
    } catch (IllegalArgumentException notBase64) {
      // the cause would quote the line, which may be a part of a key
    }
    throw broken(file);
  }

  private static IllegalStateException broken(Path file) {
    return new IllegalStateException(file + " holds no keys of 256 bits, one a line as base64. Put the file of this home back, or copy "
        + "it from another node of this database: secrets that are stored do not open without it.");
  }

  Named first() {
    return keys.getFirst();
  }

  @Nullable SecretKeySpec byId(byte[] id) {
    return keys.stream().filter(key -> Arrays.equals(key.id(), id)).map(Named::key).findFirst().orElse(null);
  }

  /** The ids, for people. */
  String ids() {
    return keys.stream().map(key -> HexFormat.of().formatHex(key.id())).collect(Collectors.joining(", "));
  }
}
