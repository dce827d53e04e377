package io.agentbus.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.agentbus.problem.ProblemCode;
import io.agentbus.problem.ProblemException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WebServerTest {
  private static final Surface OK = exchange -> exchange.end(200, "text/plain", "ok".getBytes());

  private static HttpSettings limited(int connections, int perAddress, int requests) {
    var limits = new HttpSettings.Limits(1000, 16_000, 4096, 8192, connections, perAddress, requests, 10, 20);
    return TestServer.settings(limits, HttpSettings.Deadlines.DEFAULT);
  }

  private static HttpSettings listening(String host, Path certificate, Path key, boolean insecure) {
    return new HttpSettings(new HttpSettings.Listen(host, 0, certificate, key, insecure), List.of(), List.of(),
        HttpSettings.Limits.DEFAULT, HttpSettings.Deadlines.DEFAULT);
  }

  @Test
  void more_connections_than_allowed_are_closed_and_a_free_place_is_taken_again() throws Exception {
    for (var settings : List.of(limited(3, 100, 10), limited(100, 3, 10))) {
      try (var node = new TestServer(settings, OK)) {
        var open = new ArrayList<RawClient>();
        for (var one = 0; one < 3; one++) {
          var client = node.connect();
          open.add(client);
          assertThat(client.send(node.head("GET /")).read().status()).isEqualTo(200);
        }
        try (var excess = node.connect()) {
          assertThat(excess.isClosedWithin(Duration.ofSeconds(5))).isTrue();
        }
        open.removeFirst().close();
        await().until(() -> node.server.openConnections() == 2);
        try (var next = node.connect()) {
          assertThat(next.send(node.head("GET /")).read().status()).isEqualTo(200);
        }
        for (var client : open) {
          client.close();
        }
      }
    }
  }

  @Test
  void more_requests_than_allowed_are_told_to_come_back() throws Exception {
    var release = new CountDownLatch(1);
    try (var node = new TestServer(limited(100, 100, 2), exchange -> exchange.work(() -> {
      release.await();
      OK.handle(exchange);
    }))) {
      try (var one = node.connect(); var two = node.connect(); var three = node.connect()) {
        one.send(node.head("GET /"));
        two.send(node.head("GET /"));
        await().until(() -> node.server.requestsInProgress() == 2);
        var refused = three.send(node.head("GET /")).read();
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.headers()).containsEntry("retry-after", "1");
        release.countDown();
        assertThat(one.read().status()).isEqualTo(200);
        assertThat(two.read().status()).isEqualTo(200);
        await().until(() -> node.server.requestsInProgress() == 0);
        assertThat(three.send(node.head("GET /")).read().status()).isEqualTo(200);
      }
    }
  }

  @Test
  void a_defect_is_told_without_its_cause() throws Exception {
    try (var node = new TestServer(exchange -> exchange.work(() -> {
      throw new IllegalStateException("secret of the house");
    })); var client = node.connect()) {
      var answer = client.send(node.head("GET /", "X-Request-Id: r-1")).read();
      assertThat(answer.status()).isEqualTo(500);
      assertThat(answer.body()).contains("\"code\":\"internal\"").contains("r-1").doesNotContain("secret");
    }
  }

  @Test
  void a_problem_keeps_its_own_members_apart_from_those_of_the_form() throws Exception {
    try (var node = new TestServer(exchange -> {
      throw ProblemException.of(ProblemCode.LEASE_LOST, "The job is cancelled.").with("status", "cancelled")
          .with("fence", 7);
    }); var client = node.connect()) {
      assertThat(client.send(node.head("GET /jobs/1", "X-Request-Id: r-2")).read().body())
          .isEqualTo("{\"type\":\"/problems/lease_lost\","
          + "\"title\":\"The caller no longer holds this attempt, so nothing was changed.\",\"status\":409,"
          + "\"detail\":\"The job is cancelled.\",\"instance\":\"/jobs/1\",\"code\":\"lease_lost\",\"retryable\":false,"
          + "\"remedy\":\"Stop working on the job: another claim, a sweep or an operator ended this attempt.\","
          + "\"request_id\":\"r-2\",\"current_status\":\"cancelled\",\"fence\":7}");
    }
  }

  @Test
  void a_node_does_not_listen_beyond_the_machine_in_the_clear_unless_told_so() throws Exception {
    assertThatThrownBy(() -> new TestServer(listening("0.0.0.0", null, null, false), OK))
        .hasMessageContaining("0.0.0.0").hasMessageContaining("--tls-cert").hasMessageContaining("--insecure-listen");
    try (var node = new TestServer(listening("0.0.0.0", null, null, true), OK); var client = node.connect()) {
      assertThat(node.server.baseUrl()).isEqualTo("http://127.0.0.1:" + node.port());
      assertThat(client.send(node.head("GET /")).read().status()).isEqualTo(200);
    }
  }

  @Test
  void settings_that_cannot_work_are_refused_in_words(@TempDir Path home) {
    var missing = home.resolve("missing.pem");
    assertThatThrownBy(() -> new TestServer(listening("127.0.0.1", missing, null, false), OK))
        .hasMessageContaining("--tls-cert");
    assertThatThrownBy(() -> new TestServer(listening("127.0.0.1", missing, missing, false), OK))
        .hasMessageContaining("missing.pem cannot be read");
    assertThatThrownBy(() -> new TestServer(listening("no.such.host.invalid", null, null, false), OK))
        .hasMessageContaining("no.such.host.invalid");
  }

  @Test
  void tls_is_spoken_with_a_pem_certificate(@TempDir Path home) throws Exception {
    var store = home.resolve("store.p12");
    var made = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "keytool").toString(), "-genkeypair",
        "-alias", "a",
        "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost,ip:127.0.0.1", "-storetype", "PKCS12",
        "-keystore", store.toString(), "-storepass", "changeit").redirectErrorStream(true)
        .redirectOutput(home.resolve("log").toFile());
    assertThat(made.start().waitFor()).isZero();
    var keys = KeyStore.getInstance(store.toFile(), "changeit".toCharArray());
    var certificate = (X509Certificate) keys.getCertificate("a");
    var settings = listening("127.0.0.1", pem(home.resolve("cert.pem"), "CERTIFICATE", certificate.getEncoded()),
        pem(home.resolve("key.pem"), "PRIVATE KEY", keys.getKey("a", "changeit".toCharArray()).getEncoded()), false);

    var trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    trusted.setCertificateEntry("a", certificate);
    var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    var tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    try (var node = new TestServer(settings, OK); var client = HttpClient.newBuilder().sslContext(tls).build()) {
      assertThat(node.server.baseUrl()).startsWith("https://127.0.0.1:");
      var answer = client.send(HttpRequest.newBuilder(URI.create(node.server.baseUrl() + "/")).build(),
          HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    }
  }

  private static Path pem(Path file, String kind, byte[] der) throws Exception {
    return Files.writeString(file, "-----BEGIN " + kind + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END " + kind + "-----\n");
  }

  @Test
  void the_longest_mounted_path_serves_a_request() throws Exception {
    var site = new Site()
        .mount("/a", exchange -> exchange.end(200, "text/plain", "a".getBytes()))
        .mount("/a/b", exchange -> exchange.end(200, "text/plain", "b".getBytes()));
    StatusPages.mount(site, new Health() {
      @Override
      public HealthReport live() {
        return HealthReport.of(List.of());
      }

      @Override
      public HealthReport ready() {
        return HealthReport.of(List.of(new HealthReport.Check("database", false, "not reached")));
      }
    }, () -> "# HELP x y\n");
    try (var node = new TestServer(site); var client = node.connect()) {
      assertThat(client.send(node.head("GET /a/c")).read().body()).isEqualTo("a");
      assertThat(client.send(node.head("GET /a/b?x=1")).read().body()).isEqualTo("b");
      assertThat(client.send(node.head("GET /ab")).read().status()).isEqualTo(404);
      assertThat(client.send(node.head("GET /health")).read().body()).isEqualTo("{\"status\":\"ok\",\"checks\":[]}");
      var ready = client.send(node.head("GET /ready")).read();
      assertThat(ready.status()).isEqualTo(503);
      assertThat(ready.body()).contains("not reached");
      assertThat(client.send(node.head("GET /metrics")).read().headers())
          .containsEntry("content-type", "text/plain; version=0.0.4; charset=utf-8");
      assertThat(client.send(node.head("POST /metrics")).read().headers()).containsEntry("allow", "GET, HEAD");
      assertThat(client.send(node.head("GET /metrics/x")).read().status()).isEqualTo(404);
    }
  }
}
