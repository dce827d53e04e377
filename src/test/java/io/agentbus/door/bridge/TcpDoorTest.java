package io.agentbus.door.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.agentbus.http.HttpSettings.Listen;
import io.agentbus.testkit.Certificates;
import io.agentbus.testkit.PgDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TcpDoorTest {
  @RegisterExtension
  static final PgDatabase database = new PgDatabase();
  private static BridgeNode node;

  @BeforeAll
  static void open() throws Exception {
    node = new BridgeNode(database);
  }

  @AfterAll
  static void close() throws Exception {
    node.close();
  }

  private static TcpDoor listen(Listen listen) throws Exception {
    return TcpDoor.listen(node.web.vertx, listen, Duration.ofSeconds(5), node.bridge).toCompletionStage().toCompletableFuture()
        .get(10, TimeUnit.SECONDS);
  }

  @Test
  void with_a_certificate_it_speaks_tls_alone(@TempDir Path folder) throws Exception {
    var files = Certificates.selfSigned(folder, "bridge");
    var port = listen(new Listen("127.0.0.1", 0, files.certificate(), files.key(), false)).port();
    var token = node.agentToken("acme", "agent-" + UUID.randomUUID());
    try (var client = new TcpClient(trusting(files.certificate()).getSocketFactory().createSocket("127.0.0.1", port))) {
      assertThat(client.request("agentbus.auth", "{'token': '" + token + "'}").at("/body/caller").asText()).startsWith("agent:acme/");
    }
    try (var plain = new TcpClient(port)) {
      plain.send("{'type': 'ping'}");
      assertThat(plain.awaitEnd()).isEmpty();
    }
  }

  private static SSLContext trusting(Path certificate) throws Exception {
    var store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    try (var in = Files.newInputStream(certificate)) {
      store.setCertificateEntry("bridge", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    var context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }

  @Test
  void beyond_this_machine_it_does_not_listen_without_tls() {
    assertThatThrownBy(() -> listen(new Listen("0.0.0.0", 0, null, null, false))).isInstanceOfSatisfying(ExecutionException.class, refused ->
        assertThat(refused.getCause()).hasMessageContaining("refusing to listen on 0.0.0.0 without TLS"));
  }

  @Test
  void a_stopped_bridge_takes_nobody_and_lets_go_of_all() throws Exception {
    try (var other = new BridgeNode(database)) {
      var token = other.agentToken("acme", "agent-" + UUID.randomUUID());
      try (var client = other.connect(BridgeNode.Transport.TCP, token); var page = other.connect(BridgeNode.Transport.WEBSOCKET, token)) {
        other.bridge.stop(Duration.ofSeconds(5)).toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
        assertThat(client.awaitEnd()).isEqualTo("unavailable");
        assertThat(page.awaitEnd()).isEqualTo("unavailable");
        try (var late = other.connect(BridgeNode.Transport.TCP)) {
          assertThat(late.awaitEnd()).isEqualTo("unavailable");
        }
      }
    }
  }
}
