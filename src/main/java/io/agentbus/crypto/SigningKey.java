package io.agentbus.crypto;

import io.agentbus.config.Home;
import io.agentbus.config.SecretFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;

/**
 * The Ed25519 key that signs the seals of the journal. It lies in the home, outside the database, so that whoever can
 * change rows cannot sign them anew. Thread-safe.
 */
public final class SigningKey {
  private static final String ALGORITHM = "Ed25519";
  private static final String PRIVATE = "PRIVATE KEY";
  private static final String PUBLIC = "PUBLIC KEY";

  private final PrivateKey signer;
  private final PublicKey publicKey;

  private SigningKey(PrivateKey signer, PublicKey publicKey) {
    this.signer = signer;
    this.publicKey = publicKey;
  }

  /**
   * The key of a home, made at its first start: {@code journal.key} (mode 0600, both halves as PEM) and {@code
   * journal.pub} (the public half, for whoever verifies elsewhere).
   *
   * @throws IllegalStateException when {@code journal.key} holds no such key; the message names the file
   * @throws UncheckedIOException when a file cannot be read or written
   */
  public static SigningKey open(Home home) {
    var file = home.folder().resolve("journal.key");
    var publicFile = home.folder().resolve("journal.pub");
    try {
      var key = Files.exists(file) ? read(file) : make(file);
      var pem = pem(PUBLIC, key.publicKey.getEncoded());
      if (!Files.exists(publicFile) || !Files.readString(publicFile).equals(pem)) {
        SecretFile.write(publicFile, pem);
      }
      return key;
    } catch (IOException e) {
      throw new UncheckedIOException("the journal's key " + file + " cannot be used", e);
    }
  }

  /** The signature of {@code message}: 64 bytes. */
  public byte[] sign(byte[] message) {
    try {
      var signature = Signature.getInstance(ALGORITHM);
      signature.initSign(signer);
      signature.update(message);
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the journal's key cannot sign", e);
    }
  }

  /** Whether {@code signature} was made of {@code message} with this key. */
  public boolean verify(byte[] message, byte[] signature) {
    return verify(publicKey, message, signature);
  }

  /** The same for a public key from {@link #readPublic}. Anything that is no signature is none of the message. */
  public static boolean verify(PublicKey key, byte[] message, byte[] signature) {
    try {
      var check = Signature.getInstance(ALGORITHM);
      check.initVerify(key);
      check.update(message);
      return check.verify(signature);
    } catch (GeneralSecurityException malformed) {
      return false;
    }
  }

  /** Which key this is: the first 16 hex digits of the SHA-256 of its public half in DER. */
  public String keyId() {
    return keyId(publicKey);
  }

  /** The same for any public key. */
  public static String keyId(PublicKey key) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(key.getEncoded())).substring(0, 16);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** The public half. */
  public PublicKey publicKey() {
    return publicKey;
  }

  /**
   * Reads the public half that {@link #open} wrote.
   *
   * @throws IllegalStateException when the file holds no such key
   */
  public static PublicKey readPublic(Path file) throws IOException {
    try {
      return KeyFactory.getInstance(ALGORITHM).generatePublic(new X509EncodedKeySpec(section(PUBLIC,
          Files.readString(file))));
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalStateException(file + " holds no Ed25519 public key", e);
    }
  }

  private static SigningKey make(Path file) throws IOException {
    try {
      var pair = KeyPairGenerator.getInstance(ALGORITHM).generateKeyPair();
      SecretFile.write(file, pem(PRIVATE, pair.getPrivate().getEncoded()) + pem(PUBLIC, pair.getPublic().getEncoded()));
      return new SigningKey(pair.getPrivate(), pair.getPublic());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has Ed25519", e);
    }
  }

  private static SigningKey read(Path file) throws IOException {
    var text = Files.readString(file);
    try {
      var factory = KeyFactory.getInstance(ALGORITHM);
      var key = new SigningKey(factory.generatePrivate(new PKCS8EncodedKeySpec(section(PRIVATE, text))),
          factory.generatePublic(new X509EncodedKeySpec(section(PUBLIC, text))));
      var probe = "probe".getBytes(StandardCharsets.US_ASCII);
      if (key.verify(probe, key.sign(probe))) {
        return key;
      }
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IllegalStateException(file
          + " holds no Ed25519 key. Put the key of this home back: seals cannot be continued without it.", e);
    }
    throw new IllegalStateException(file
        + " holds two halves that do not belong together. Put the key of this home back.");
  }

  private static String pem(String title, byte[] der) {
    return "-----BEGIN " + title + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END " + title + "-----\n";
  }

  private static byte[] section(String title, String pem) {
    var begin = "-----BEGIN " + title + "-----";
    var from = pem.indexOf(begin);
    var to = pem.indexOf("-----END " + title + "-----");
    if (from < 0 || to < from) {
      throw new IllegalArgumentException("no section " + title);
    }
    return Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to));
  }
}
