package io.agentbus.insight;

import io.agentbus.config.Home;
import io.agentbus.crypto.SigningKey;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Whose signatures count. The home vouches for this node's own key and for those in {@code <home>/trusted-keys/*.pub}, copies of the
 * {@code journal.pub} of other nodes. Keys that stand only in the database are usable too, and are told apart: whoever can write there
 * could have made them.
 */
public final class KeyRing {
  /** Most files read of the folder. */
  private static final int MAX_FILES = 1_000;

  private final Map<String, PublicKey> vouched = new HashMap<>();
  private final Map<String, @Nullable PublicKey> others = new HashMap<>();
  /** Keys asked for, and whether the home vouches for each. */
  private final Map<String, Boolean> used = new TreeMap<>();

  private KeyRing(Map<String, PublicKey> vouched, Map<String, byte[]> inDatabase) {
    this.vouched.putAll(vouched);
    inDatabase.forEach((id, der) -> {
      var key = parsed(der);
      // An id says which key it is, so that a key cannot stand under the id of another.
      others.put(id, key != null && SigningKey.keyId(key).equals(id) ? key : null);
    });
  }

  /** The keys that a home vouches for: its own, and those of the folder as it is now. */
  static Map<String, PublicKey> vouchedBy(Home home, SigningKey own) {
    var keys = new HashMap<String, PublicKey>();
    keys.put(own.keyId(), own.publicKey());
    var folder = home.folder().resolve("trusted-keys");
    if (Files.isDirectory(folder)) {
      try (var files = Files.list(folder)) {
        for (var file : files.filter(path -> path.toString().endsWith(".pub")).limit(MAX_FILES).toList()) {
          var key = SigningKey.readPublic(file);
          keys.put(SigningKey.keyId(key), key);
        }
      } catch (IOException e) {
        throw new UncheckedIOException("the trusted keys in " + folder + " cannot be read", e);
      }
    }
    return keys;
  }

  /** A ring for one verification. */
  static KeyRing of(Map<String, PublicKey> vouched, Map<String, byte[]> inDatabase) {
    return new KeyRing(vouched, inDatabase);
  }

  /** The key of an id, or null when nobody knows it. */
  @Nullable PublicKey find(String keyId) {
    var key = vouched.get(keyId);
    if (key != null) {
      used.put(keyId, true);
      return key;
    }
    var other = others.get(keyId);
    if (other != null) {
      used.put(keyId, false);
    }
    return other;
  }

  /** The keys found so far, by id, and whether the home vouches for each. */
  Map<String, Boolean> used() {
    return used;
  }

  private static @Nullable PublicKey parsed(byte[] der) {
    try {
      return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
    } catch (GeneralSecurityException notAKey) {
      // A row of the database that holds no key vouches for nothing.
      return null;
    }
  }
}
