package io.agentbus.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentbus.db.embedded.EmbeddedPostgres;
import io.agentbus.testkit.TestPostgres;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.sql.SQLException;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code sslmode} of the database URL means the same to migrations and to the connections of a node. */
@Timeout(120)
class TlsTest {
  private static final char[] PASSWORD = "changeit".toCharArray();
  private static final NamedQueries QUERIES = NamedQueries.load(List.of("probe"));

  @TempDir
  static Path folder;
  private static EmbeddedPostgres postgres;
  private static Vertx vertx;

  @BeforeAll
  static void startWithTls() throws Exception {
    vertx = Vertx.vertx();
    var settings = TestPostgres.settings().forgetful().withSize(20, "16MB");
    postgres = EmbeddedPostgres.start(folder.resolve("home"), settings);
    postgres.stop();
    var data = folder.resolve("home/postgres/data");
    certify("server", "SAN=IP:127.0.0.1", data);
    certify("stranger", "SAN=IP:127.0.0.1", folder);
    Files.copy(data.resolve("server.crt"), folder.resolve("server.crt"));
    postgres = EmbeddedPostgres.start(folder.resolve("home"), settings.with("ssl", "on"));
  }

  @AfterAll
  static void stop() {
    vertx.close().await();
    EmbeddedPostgres.stopLeft(folder.resolve("home"), TestPostgres.settings());
  }

  @ParameterizedTest
  @CsvSource({
      "'',                                  false",
      "sslmode=disable,                     false",
      "sslmode=allow,                       false",
      "sslmode=prefer,                      true",
      "sslmode=require,                     true",
      "sslmode=require&sslrootcert=server,  true",
      "sslmode=verify-ca&sslrootcert=server, true",
      "sslmode=verify-full&sslrootcert=server, true"})
  void both_drivers_speak_tls_when_the_url_says_so(String parameters, boolean encrypted) throws SQLException {
    var url = url(parameters);
    assertThat(ofJdbc(url)).as("JDBC").isEqualTo(encrypted);
    assertThat(ofHotConnection(url)).as("hot connection").isEqualTo(encrypted);
    try (var database = Database.open(vertx, url, 1, QUERIES)) {
      assertThat(database.runAsync("probe.tls", Tuple.tuple()).await().iterator().next().getBoolean("ssl")).as("pool").isEqualTo(encrypted);
    }
  }

  @ParameterizedTest
  @CsvSource({"sslmode=require&sslrootcert=stranger", "sslmode=verify-ca&sslrootcert=stranger", "sslmode=verify-full&sslrootcert=stranger"})
  void a_server_for_which_nobody_vouches_is_refused_by_both(String parameters) {
    var url = url(parameters);
    assertThatThrownBy(() -> ofJdbc(url)).isInstanceOf(SQLException.class);
    assertThatThrownBy(() -> ofHotConnection(url)).hasMessageContaining("SSL handshake failed");
  }

  @Test
  void a_file_that_cannot_be_read_is_named() {
    assertThatThrownBy(() -> ofHotConnection(url("sslmode=verify-ca&sslrootcert=nowhere")))
        .hasMessageContaining("nowhere.crt as sslrootcert, which cannot be read");
  }

  private static String url(String parameters) {
    return postgres.databaseUrl() + "?" + parameters.replaceAll("sslrootcert=(\\w+)", "sslrootcert=" + folder + "/$1.crt");
  }

  private static boolean ofJdbc(String url) throws SQLException {
    try (var connection = JdbcUrl.of(url).connect(); var statement = connection.createStatement();
        var rows = statement.executeQuery(QUERIES.text("probe.tls"))) {
      rows.next();
      return rows.getBoolean(1);
    }
  }

  private static boolean ofHotConnection(String url) {
    var hot = new HotConnection(vertx, "hot", url, QUERIES);
    try {
      return hot.run("probe.tls", Tuple.tuple()).await().iterator().next().getBoolean("ssl");
    } finally {
      hot.close().await();
    }
  }

  /** Makes a key and a certificate that vouches for itself: {@code <name>.key} and {@code <name>.crt} in a folder. */
  private static void certify(String name, String extension, Path into) throws Exception {
    var store = folder.resolve(name + ".p12");
    var keytool = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair", "-alias", name,
        "-keyalg", "EC", "-dname", "CN=" + name, "-ext", extension, "-ext", "BC=ca:true", "-storetype", "PKCS12", "-keystore", store.toString(),
        "-storepass", new String(PASSWORD)).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
    assertThat(keytool.waitFor()).isZero();
    var keys = KeyStore.getInstance(store.toFile(), PASSWORD);
    write(into.resolve(name + ".crt"), "CERTIFICATE", keys.getCertificate(name).getEncoded());
    write(into.resolve(name + ".key"), "PRIVATE KEY", keys.getKey(name, PASSWORD).getEncoded());
  }

  private static void write(Path file, String what, byte[] content) throws IOException {
    Files.writeString(file, "-----BEGIN " + what + "-----\n" + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content)
        + "\n-----END " + what + "-----\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    // The server may run as another user, who must own what is in its folder.
    Files.setOwner(file, Files.getOwner(file.getParent()));
  }
}
