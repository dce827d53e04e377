package io.agentbus.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;

/** Certificates that a test makes for itself. */
public final class Certificates {
  private static final String PASSWORD = "changeit";

  /** PEM files. */
  public record Files(Path certificate, Path key) {}

  private Certificates() {}

  /** A certificate of the loopback that is its own authority: {@code <name>.crt} and {@code <name>.key}. */
  public static Files selfSigned(Path folder, String name) {
    try {
      var store = folder.resolve(name + ".p12");
      var keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", name,
          "-keyalg", "EC", "-dname", "CN=" + name, "-ext", "san=dns:localhost,ip:127.0.0.1", "-ext", "BC=ca:true", "-storetype", "PKCS12",
          "-keystore", store.toString(), "-storepass", PASSWORD).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
      if (keytool.waitFor() != 0) {
        throw new AssertionError("keytool made no certificate");
      }
      var keys = KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
      return new Files(write(folder.resolve(name + ".crt"), "CERTIFICATE", keys.getCertificate(name).getEncoded()),
          write(folder.resolve(name + ".key"), "PRIVATE KEY", keys.getKey(name, PASSWORD.toCharArray()).getEncoded()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path write(Path file, String what, byte[] content) throws IOException {
    var lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
    return java.nio.file.Files.writeString(file, "-----BEGIN " + what + "-----\n" + lines + "\n-----END " + what + "-----\n");
  }
}
