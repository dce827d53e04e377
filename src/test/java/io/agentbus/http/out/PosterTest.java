package io.agentbus.http.out;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.agentbus.http.out.PostAnswer.Answered;
import io.agentbus.http.out.PostAnswer.Failed;
import io.agentbus.http.out.PostAnswer.Refused;
import io.agentbus.http.out.PostAnswer.Unresolved;
import io.agentbus.testkit.Certificates;
import io.agentbus.testkit.FreePorts;
import io.agentbus.testkit.Receiver;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class PosterTest {
  private static final EgressRules LOCAL = new EgressRules(List.of(Cidr.parse("127.0.0.1/32")), false, List.of());
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration SHORT = Duration.ofMillis(400);
  private static Vertx vertx;

  private final Receiver receiver = Receiver.start(Receiver.status(200));

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
  }

  @AfterAll
  static void stop() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @AfterEach
  void close() {
    receiver.close();
  }

  private static PostAnswer post(HostNames names, String url, Duration deadline) {
    return post(names, url, deadline, Map.of());
  }

  private static PostAnswer post(HostNames names, String url, Duration deadline, Map<String, String> headers) {
    var poster = new Poster(vertx, new EgressGuard(LOCAL, names), null);
    try {
      return poster.post(EgressUrl.parse(url, LOCAL), headers, "{\"a\":1}".getBytes(UTF_8), deadline).toCompletionStage().toCompletableFuture()
          .get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      poster.stop();
    }
  }

  private PostAnswer post(Duration deadline) {
    return post(nobody(), receiver.url("/hook?x=1"), deadline);
  }

  private static HostNames nobody() {
    return host -> Future.failedFuture("asked for " + host);
  }

  private static HostNames names(String... addresses) {
    return host -> Future.succeededFuture(List.of(addresses).stream().map(InetAddress::ofLiteral).toList());
  }

  @Test
  void a_request_arrives_as_it_was_meant_and_its_answer_comes_back() {
    receiver.answer(Receiver.say(Receiver.head(202, 4, "Retry-After: 7", "Webhook-Delivery: disable", "X-Other: y") + "fine"));
    var headers = new LinkedHashMap<String, String>();
    headers.put("webhook-id", "msg_1");
    headers.put("content-type", "application/json");

    var answer = post(nobody(), receiver.url("/hook?x=1"), LONG, headers);

    assertThat(answer).isInstanceOfSatisfying(Answered.class, said -> {
      assertThat(said.status()).isEqualTo(202);
      assertThat(said.body()).isEqualTo("fine");
      assertThat(said.headers()).isEqualTo(Map.of("retry-after", "7", "webhook-delivery", "disable"));
    });
    assertThat(receiver.got()).singleElement().satisfies(got -> {
      assertThat(got.line()).isEqualTo("POST /hook?x=1 HTTP/1.1");
      assertThat(got.text()).isEqualTo("{\"a\":1}");
      assertThat(got.headers()).containsEntry("webhook-id", "msg_1").containsEntry("content-length", "7")
          .containsEntry("host", "127.0.0.1:" + receiver.port()).doesNotContainKeys("accept-encoding", "transfer-encoding");
    });
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 307, 308})
  void a_redirect_is_an_answer_and_is_not_followed(int status) {
    var elsewhere = Receiver.start(Receiver.status(200));
    try (elsewhere) {
      receiver.answer(Receiver.status(status, "Location: " + elsewhere.url("/")));

      assertThat(post(LONG)).isInstanceOfSatisfying(Answered.class, said -> assertThat(said.status()).isEqualTo(status));
      assertThat(elsewhere.got()).isEmpty();
    }
  }

  @Test
  void a_receiver_that_hangs_is_given_up_at_the_deadline() {
    receiver.answer(receiver.hang());

    assertThat(post(SHORT)).isInstanceOfSatisfying(Failed.class, failed -> {
      assertThat(failed.slow()).isTrue();
      assertThat(failed.reason()).isEqualTo("No answer within 0.4 s");
      assertThat(failed.took()).isBetween(SHORT, Duration.ofSeconds(5));
    });
  }

  @Test
  void a_receiver_that_trickles_is_given_up_at_the_deadline_wherever_it_is() {
    var whole = Receiver.head(200, 100) + "x".repeat(100);
    receiver.answer(receiver.trickle(whole, 20));
    assertThat(post(SHORT)).isInstanceOfSatisfying(Failed.class, failed -> assertThat(failed.reason()).isEqualTo("No answer within 0.4 s"));

    receiver.answer((got, out) -> {
      out.write(Receiver.head(200, 100).getBytes(UTF_8));
      receiver.trickle("x".repeat(100), 20).write(got, out);
    });
    assertThat(post(SHORT)).isInstanceOfSatisfying(Failed.class, failed -> {
      assertThat(failed.slow()).isTrue();
      assertThat(failed.reason()).isEqualTo("No whole answer within 0.4 s");
    });
  }

  @Test
  void a_receiver_that_hangs_up_is_a_failure_wherever_it_does() {
    for (var said : List.of("", "HTTP/1.1 20", "HTTP/1.1 200 OK\r\nContent-", Receiver.head(200, 100) + "only this",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel")) {
      receiver.answer(Receiver.say(said));
      assertThat(post(LONG)).as(said).isInstanceOfSatisfying(Failed.class, failed -> {
        assertThat(failed.slow()).isFalse();
        assertThat(failed.reason()).startsWith("The connection broke off ");
      });
    }
  }

  @Test
  void what_is_no_http_is_a_failure() {
    receiver.answer(Receiver.say("220 mail.example.com ESMTP\r\n"));

    assertThat(post(LONG)).isInstanceOf(Failed.class);
  }

  @Test
  void headers_without_end_are_not_read_to_their_end() {
    receiver.answer(receiver.endless("HTTP/1.1 200 OK\r\n", "X-More: " + "y".repeat(100) + "\r\n"));
    assertThat(post(LONG)).isInstanceOf(Failed.class);

    receiver.answer(receiver.endless("HTTP/1.1 200 OK\r\nX-One: ", "y".repeat(1_000)));
    assertThat(post(LONG)).isInstanceOf(Failed.class);

    receiver.answer(receiver.endless("", "HTTP/1.1 100 Continue\r\n\r\n"));
    assertThat(post(SHORT)).isInstanceOf(Failed.class);
  }

  @Test
  void of_a_body_without_end_the_start_is_kept_and_the_status_counts() {
    receiver.answer(receiver.endless("HTTP/1.1 200 OK\r\n\r\n", "0123456789".repeat(100)));

    assertThat(post(LONG)).isInstanceOfSatisfying(Answered.class, said -> {
      assertThat(said.status()).isEqualTo(200);
      assertThat(said.body()).hasSize(Poster.KEPT).startsWith("0123456789");
    });
  }

  @Test
  void an_answer_is_not_unpacked() {
    receiver.answer(Receiver.say(Receiver.head(200, 3, "Content-Encoding: gzip") + "\u001f\u008b\b"));

    assertThat(post(LONG)).isInstanceOfSatisfying(Answered.class, said -> assertThat(said.body()).contains("\\u001f"));
  }

  @Test
  void what_steers_a_terminal_or_a_log_is_written_out() {
    receiver.answer(Receiver.say(Receiver.head(500, 17) + "a\u001b[31mred\r\n\0b\t\u007f.."));

    assertThat(post(LONG)).isInstanceOfSatisfying(Answered.class,
        said -> assertThat(said.body()).startsWith("a\\u001b[31mred\\r\\n\\u0000b\\t\\u007f"));
  }

  @Test
  void a_port_at_which_nobody_listens_is_a_failure() {
    assertThat(post(nobody(), "http://127.0.0.1:" + FreePorts.some(1).getFirst() + "/", LONG)).isInstanceOfSatisfying(Failed.class,
        failed -> assertThat(failed.reason()).contains("cannot be connected to"));
  }

  @Test
  void a_name_is_looked_up_and_stays_the_host_of_the_request() {
    assertThat(post(names("127.0.0.1"), "http://hooks.example.com:" + receiver.port() + "/", LONG)).isInstanceOf(Answered.class);
    assertThat(receiver.got().getFirst().header("host")).isEqualTo("hooks.example.com:" + receiver.port());
  }

  @Test
  void one_denied_address_among_good_ones_is_enough_to_send_nothing() {
    for (var addresses : List.of(List.of("10.0.0.1"), List.of("127.0.0.1", "192.168.1.1"), List.of("127.0.0.1", "::1"),
        List.of("::ffff:169.254.169.254"), List.of("64:ff9b::a00:1"), List.of("127.0.0.2"))) {
      var answer = post(names(addresses.toArray(String[]::new)), "http://hooks.example.com:" + receiver.port() + "/", LONG);

      assertThat(answer).as(addresses.toString()).isInstanceOfSatisfying(Refused.class,
          refused -> assertThat(refused.reason()).isEqualTo("The name hooks.example.com leads to no address that may be called from here"));
    }
    assertThat(receiver.got()).isEmpty();
  }

  @Test
  void a_name_that_means_something_else_the_second_time_is_checked_again_and_asked_once_each_time() {
    var asked = new AtomicInteger();
    HostNames turning = host -> names(asked.getAndIncrement() == 0 ? "127.0.0.1" : "10.0.0.1").addresses(host);
    var url = "http://hooks.example.com:" + receiver.port() + "/";

    assertThat(post(turning, url, LONG)).isInstanceOf(Answered.class);
    assertThat(asked).as("the address that was checked is the one connected to").hasValue(1);
    assertThat(post(turning, url, LONG)).isInstanceOf(Refused.class);
    assertThat(receiver.got()).hasSize(1);
  }

  @Test
  void of_several_addresses_the_next_is_tried_when_one_takes_no_connection() {
    var both = new EgressRules(List.of(Cidr.parse("127.0.0.0/8")), false, List.of());
    var poster = new Poster(vertx, new EgressGuard(both, names("127.0.0.9", "127.0.0.1")), null);
    var url = EgressUrl.parse("http://hooks.example.com:" + receiver.port() + "/", both);

    assertThat(poster.post(url, Map.of(), new byte[0], LONG).toCompletionStage().toCompletableFuture().join()).isInstanceOf(Answered.class);
    poster.stop();
  }

  @Test
  void a_name_that_nobody_knows_leads_nowhere_and_one_that_nobody_answers_for_may_yet_lead_somewhere() {
    assertThat(post(host -> Future.failedFuture(new UnknownHostException(host)), "http://nowhere.example.com:8080/", LONG))
        .isInstanceOfSatisfying(Refused.class, refused -> assertThat(refused.reason())
            .isEqualTo("The name nowhere.example.com leads to no address that may be called from here"));
    assertThat(post(host -> Promise.<List<InetAddress>>promise().future(), "http://silent.example.com:8080/", SHORT))
        .isInstanceOfSatisfying(Unresolved.class, unresolved -> assertThat(unresolved.asked()).isTrue());
    assertThat(post(host -> Future.failedFuture(new HostNames.Silent()), "http://unsure.example.com:8080/", LONG))
        .isInstanceOfSatisfying(Unresolved.class, unresolved -> {
          assertThat(unresolved.asked()).isTrue();
          assertThat(unresolved.reason()).isEqualTo("The name unsure.example.com could not be resolved: the name servers cannot tell for now");
        });
    assertThat(post(host -> Future.failedFuture(new HostNames.Busy()), "http://busy.example.com:8080/", LONG))
        .isInstanceOfSatisfying(Unresolved.class, unresolved -> assertThat(unresolved.asked()).isFalse());
  }

  @Test
  void over_tls_the_server_must_be_the_one_that_the_url_names(@TempDir Path folder) {
    var files = Certificates.selfSigned(folder, "hooks");
    var keys = new PemKeyCertOptions().addCertPath(files.certificate().toString()).addKeyPath(files.key().toString());
    var server = vertx.createHttpServer(new HttpServerOptions().setSsl(true).setKeyCertOptions(keys))
        .requestHandler(request -> request.response().end(request.authority().toString()))
        .listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().join();
    var trusting = new Poster(vertx, new EgressGuard(LOCAL, names("127.0.0.1")), files.certificate());
    var usual = new Poster(vertx, new EgressGuard(LOCAL, names("127.0.0.1")), null);
    var named = EgressUrl.parse("https://localhost:" + server.actualPort() + "/", LOCAL);
    var other = EgressUrl.parse("https://hooks.example.com:" + server.actualPort() + "/", LOCAL);

    assertThat(await(trusting.post(named, Map.of(), new byte[0], LONG))).isInstanceOfSatisfying(Answered.class,
        said -> assertThat(said.body()).isEqualTo("localhost:" + server.actualPort()));
    assertThat(await(trusting.post(other, Map.of(), new byte[0], LONG))).as("another name").isInstanceOf(Failed.class);
    assertThat(await(usual.post(named, Map.of(), new byte[0], LONG))).as("an authority that nobody knows").isInstanceOf(Failed.class);
    trusting.stop();
    usual.stop();
    server.close();
  }

  private static PostAnswer await(Future<PostAnswer> answer) {
    return answer.toCompletionStage().toCompletableFuture().join();
  }
}
